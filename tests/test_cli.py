"""The command as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kashia_money import __version__
from kashia_money.cli import main

MODULE = [sys.executable, "-m", "kashia_money"]


def run(*arguments: str, command: list[str] = MODULE, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *arguments],
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )


def table(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, tuple[str, str]]:
    """The printed table: each row's figure and note."""
    assert main(["quote", *arguments]) == 0
    rows = [line.partition("  ")[0::2] for line in capsys.readouterr().out.splitlines()]
    cells = {name: rest.strip().partition("  ") for name, rest in rows}
    return {name: (figure, note) for name, (figure, _, note) in cells.items()}


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(capsys, "150000000") == {
        "Amount": ("₦1,500,000.00", "what the seller gets"),
        "Platform fee": ("₦22,500.00", "1.5 %"),
        "Merchant fee": ("₦0.00", "0 %"),
        "Total fees": ("₦22,500.00", ""),
        "Total amount": ("₦1,522,500.00", "what the buyer pays"),
    }


@pytest.mark.parametrize(
    ("arguments", "platform", "merchant"),
    [
        (["100"], "minimum", "0 %"),
        (["0"], "1.5 %", "0 %"),
        (["1000000000000"], "cap", "0 %"),
        (["150000000", "--merchant-fee-percentage", "10"], "1.5 %", "10 %"),
        (["150000000", "--merchant-fee-percentage", "10", "--merchant-fee-cap", "5"], "1.5 %", "cap"),
        (["150000000", "--merchant-fee-percentage", "25"], "1.5 %", "clamped to 20 %"),
        (["150000000", "--merchant-fee-percentage=-1"], "1.5 %", "clamped to 0 %"),
        (["150000000", "--merchant-fee-percentage", "25", "--merchant-fee-cap", "5"], "1.5 %", "clamped to 20 %, cap"),
    ],
)
def test_note_says_what_set_each_fee(
    capsys: pytest.CaptureFixture[str], arguments: list[str], platform: str, merchant: str
) -> None:
    shown = table(capsys, *arguments)
    assert shown["Platform fee"][1] == platform
    assert shown["Merchant fee"][1] == merchant


def test_display_amounts(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table(capsys, "--display", "1,500,000", "--merchant-fee-percentage", "10", "--merchant-fee-cap", "₦5.50")
    assert shown["Amount"][0] == "₦1,500,000.00"
    assert shown["Merchant fee"] == ("₦5.50", "cap")


def test_explanation_follows_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote", "150000000", "--explain"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Amount ")
    assert "\n\nThe seller asks for ₦1,500,000.00 and receives all of it.\n" in printed
    assert "The platform fee is 1.5 % of ₦1,500,000.00, which is ₦22,500.00." in printed
    main(["quote", "150000000", "--explain", "--json"])
    assert "seller" not in capsys.readouterr().out


def test_json_is_a_payment_links_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote", "100000000", "--merchant-fee-percentage", "10", "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out) == {
        "amount": 100_000_000,
        "currency": "NGN",
        "fees": {
            "platform_fee": 1_500_000,
            "merchant_fee": 10_000_000,
            "total_fees": 11_500_000,
            "total_amount": 111_500_000,
        },
    }


BAD = [
    [],
    ["quote"],
    ["nonsense"],
    ["quote", "x"],
    ["quote", "-5"],
    ["quote", "1.5"],
    ["quote", "1,500"],
    ["quote", "9" * 30],
    ["quote", "9" * 100_000],
    ["quote", "٣"],
    ["quote", ""],
    ["quote", "5", "6"],
    ["quote", "5", "--currency", "USD"],
    ["quote", "5", "--currency", "ngn"],
    ["quote", "5", "--currency", "XAU"],
    ["quote", "--display", "1,50"],
    ["quote", "--display", "1.999"],
    ["quote", "5", "--merchant-fee-percentage", "nan"],
    ["quote", "5", "--merchant-fee-percentage", "abc"],
    ["quote", "5", "--merchant-fee-cap", "-1"],
    ["quote", "5", "--merchant-fee-cap", "1.5"],
    ["quote", "9223372036854775807"],
    ["quote", "--nonsense"],
]


@pytest.mark.parametrize("arguments", BAD, ids=lambda arguments: " ".join(arguments)[:40])
def test_bad_input_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    printed = capsys.readouterr()
    assert exit_.value.code == 2
    assert printed.out == ""
    assert printed.err.startswith("kashia-money")
    assert printed.err.count("\n") == 1
    assert len(printed.err) < 400


def test_module_and_script_are_the_same_command() -> None:
    script = shutil.which("kashia-money", path=str(Path(sys.executable).parent))
    assert script is not None
    for command in (MODULE, [script]):
        done = run("quote", "150000000", command=command)
        assert (done.returncode, done.stderr) == (0, "")
        assert "₦1,522,500.00" in done.stdout
        assert run("--version", command=command).stdout == f"kashia-money {__version__}\n"


def test_no_traceback_reaches_the_user() -> None:
    done = run("quote", "nonsense")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_output_that_cannot_show_the_symbol_gets_the_code() -> None:
    done = run("quote", "150000000", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "NGN 1,522,500.00" in done.stdout


def test_explanation_that_cannot_show_the_symbol_gets_the_code() -> None:
    # Its sentences were printed as they are, so that such an output ended in a traceback.
    done = run("quote", "150000000", "--explain", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The platform fee is 1.5 % of NGN 1,500,000.00, which is NGN 22,500.00." in done.stdout


@pytest.mark.parametrize("locale", ["de_DE.UTF-8", "C"])
def test_locale_of_the_terminal_changes_nothing(locale: str) -> None:
    assert run("quote", "150000000", LC_ALL=locale).stdout == run("quote", "150000000").stdout
