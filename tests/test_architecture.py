"""The layout: what loads what, and what a release promises besides figures."""

from __future__ import annotations

import ast
import importlib
import io
import pickle
import subprocess
import sys
import tokenize
from importlib import metadata
from pathlib import Path

import pytest

import kashia_money

PACKAGE = Path(kashia_money.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after a statement and had not before."""
    program = (
        f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import kashia_money",
        "from kashia_money import quote; quote(5, merchant_fee_percentage=10.0)",
    ],
)
def test_import_loads_little_of_the_standard_library(statement: str) -> None:
    loaded = loaded_by(statement)
    roots = {name.partition(".")[0] for name in loaded}
    ours = {name for name in loaded if name.endswith("__mypyc")}

    assert roots - {"kashia_money"} - ours <= set(sys.stdlib_module_names)
    assert not roots & {"dataclasses", "decimal", "fractions", "inspect", "json", "numbers"}


def test_functions_load_third_parties_when_called() -> None:
    assert not {"moneyed", "babel"} & loaded_by(
        "from kashia_money import to_minor; to_minor('5', 'NGN')"
    )
    assert "babel" in loaded_by("from kashia_money import format_minor; format_minor(5, 'NGN')")
    assert "moneyed" in loaded_by("from kashia_money import from_minor; from_minor(5, 'NGN')")


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [
        ("arrays", "numpy", "arrays"),
        ("frames", "narwhals", "frames"),
        ("frames", "numpy", "frames"),
        ("pydantic", "pydantic", "pydantic"),
        ("strategies", "hypothesis", "test"),
    ],
)
def test_import_names_the_missing_extra(module: str, package: str, extra: str) -> None:
    if module == "frames":  # its first missing package is the one that is named
        other = {"narwhals": "numpy", "numpy": "narwhals"}[package]
        pytest.importorskip(
            other, reason=f"{other} is not installed: pip install 'kashia_money[frames]'"
        )
    program = f"import sys; sys.modules['{package}'] = None; import kashia_money.{module}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )

    assert (
        f"ImportError: {package} is not installed: pip install 'kashia_money[{extra}]'"
        in done.stderr
    )


PUBLIC = {
    kashia_money.FeeRule: (
        "breakpoints cap clamped_from fee flat flat_from graduated gross_up minimum mode net"
        " percentage rounding tiers to_dict volume"
    ),
    kashia_money.FeeSchedule: (
        "currency fingerprint from_dict marketplace merchant platform"
        " quote quote_for_total quote_within to_dict"
    ),
    kashia_money.Quote: (
        "amount currency explain fees from_dict merchant_fee platform_fee"
        " schedule seller_amount settle to_dict total_amount total_fees"
    ),
}


@pytest.mark.parametrize(("kind", "names"), PUBLIC.items())
def test_dir_shows_the_public_attributes(kind: type, names: str) -> None:
    assert [name for name in dir(kind) if not name.startswith("_")] == names.split()


def test_compiled_is_not_a_public_name() -> None:
    assert isinstance(kashia_money.COMPILED, bool)
    assert "COMPILED" not in kashia_money.__all__


def test_public_names_have_the_public_module() -> None:
    values = [getattr(kashia_money, name) for name in kashia_money.__all__]

    assert {value.__module__ for value in values if callable(value)} == {"kashia_money"}
    assert b"kashia_money." not in pickle.dumps(kashia_money.quote(5, merchant_fee_percentage=25))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_have_at_most_300_lines(module: Path) -> None:
    assert code_lines(module.read_text("utf-8")) <= 300


def code_lines(source: str) -> int:
    """How many lines have code on them; docstrings, comments and empty lines do not count."""
    tree = ast.parse(source)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    docstrings = [
        text for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]
    documented = {
        line for text in docstrings for line in range(text.lineno, (text.end_lineno or 0) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    layout = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    return len({token.start[0] for token in tokens if token.type not in layout} - documented)


def test_release_is_typed_and_versioned() -> None:
    assert (PACKAGE / "py.typed").exists()
    assert metadata.version("kashia_money") == kashia_money.__version__


def test_changelog_has_this_version() -> None:
    changelog = Path(__file__).parent.parent / "CHANGELOG.md"

    assert f"## {kashia_money.__version__}" in changelog.read_text("utf-8")


def test_errors_derive_from_ours_and_a_builtin() -> None:
    errors = importlib.import_module("kashia_money.errors")
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert len(classes) > 5
    for error in classes:
        assert issubclass(error, kashia_money.KashiaMoneyError)
        assert error is kashia_money.KashiaMoneyError or issubclass(
            error, (ValueError, LookupError)
        )
        assert error.__name__ in kashia_money.__all__
