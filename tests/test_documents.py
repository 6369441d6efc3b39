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
SOURCES = sorted(Path(kashia_money.__file__).parent.glob("*.py"))

MARKDOWN = Sybil([PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()])
DOCSTRINGS = Sybil([DocTestParser(ELLIPSIS)], document_types={".py": PythonDocStringDocument})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page: Path) -> None:
    for example in MARKDOWN.parse(page).examples():
        example.evaluate()


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_docstrings(source: Path) -> None:
    for example in DOCSTRINGS.parse(source).examples():
        example.evaluate()


def test_there_are_examples_to_run() -> None:
    assert len(PAGES) > 4
    assert sum(len(list(DOCSTRINGS.parse(source).examples())) for source in SOURCES) > 20
