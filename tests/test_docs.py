"""Every example in the README, the docs and the docstrings, run as it stands."""

from __future__ import annotations

from doctest import ELLIPSIS
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

import kashia_money

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = sorted(Path(kashia_money.__file__).parent.rglob("*.py"))

# What some of them need beyond the tests' own requirements; the library's extras have it.
NEEDS = {
    "columns.md": ["numpy"],
    "scale.md": ["duckdb", "narwhals", "numpy", "polars", "pyspark"],
    "models-and-tests.md": ["pydantic"],
    "storing-a-quote.md": ["django", "sqlalchemy"],
    "arrays.py": ["numpy"],
    "blocks.py": ["numpy"],
    "frames.py": ["narwhals", "numpy", "polars"],
    "pydantic.py": ["pydantic"],
}

MARKDOWN = Sybil([PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()])
DOCSTRINGS = Sybil([DocTestParser(ELLIPSIS)], document_types={".py": PythonDocStringDocument})


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_examples_run(page: Path) -> None:
    require(page)
    for example in MARKDOWN.parse(page).examples():
        example.evaluate()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_docstring_examples_run(source: Path) -> None:
    require(source)
    for example in DOCSTRINGS.parse(source).examples():
        example.evaluate()


def require(path: Path) -> None:
    for module in NEEDS.get(path.name, ()):
        pytest.importorskip(module, reason=f"{path.name} needs {module}, which an extra installs")


def test_examples_exist() -> None:
    assert len(PAGES) > 4
    core = [source for source in SOURCES if source.name not in NEEDS]
    assert sum(len(list(DOCSTRINGS.parse(source).examples())) for source in core) > 20
