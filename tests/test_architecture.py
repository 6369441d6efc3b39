"""The house: what loads what, and what a release promises besides figures."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import kashia_money

PACKAGE = Path(kashia_money.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after a statement and had not before."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import kashia_money",
        "from kashia_money import quote; quote(5, merchant_fee_percentage=10.0)",
    ],
)
def test_core_loads_the_standard_library_alone_and_little_of_it(statement: str) -> None:
    loaded = loaded_by(statement)
    roots = {name.partition(".")[0] for name in loaded}
    ours = {name for name in loaded if name.endswith("__mypyc")}
    assert roots - {"kashia_money"} - ours <= set(sys.stdlib_module_names)
    assert not roots & {"dataclasses", "decimal", "fractions", "inspect", "json", "numbers"}


def test_money_is_loaded_when_it_is_used() -> None:
    assert {"moneyed", "babel"} <= loaded_by("from kashia_money import to_minor")


def test_public_names_are_all_there() -> None:
    for name in kashia_money.__all__:
        assert getattr(kashia_money, name) is not None
    assert set(kashia_money.__all__) <= set(dir(kashia_money))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = kashia_money.nonsense


@pytest.mark.parametrize("name", MODULES)
def test_module_says_which_floor_it_is_on(name: str) -> None:
    source = (PACKAGE / f"{name}.py").read_text("utf-8")
    assert "Floor " in source.split('"""')[1]
    assert len(source.splitlines()) <= 250


def test_release_is_typed_and_has_its_version() -> None:
    assert (PACKAGE / "py.typed").exists()
    assert metadata.version("kashia_money") == kashia_money.__version__


def test_changelog_is_of_this_version() -> None:
    changelog = Path(__file__).parent.parent / "CHANGELOG.md"
    assert f"## {kashia_money.__version__}" in changelog.read_text("utf-8")


def test_errors_are_the_librarys_and_a_builtins() -> None:
    errors = importlib.import_module("kashia_money.errors")
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(classes) > 5
    for error in classes:
        assert issubclass(error, kashia_money.KashiaMoneyError)
        assert error is kashia_money.KashiaMoneyError or issubclass(error, (ValueError, LookupError))
        assert error.__name__ in kashia_money.__all__
