"""The command as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kashia_money import COMPILED, PUBLISHED, FeeRule, FeeSchedule, __version__
from kashia_money.cli import main
from kashia_money.javascript import TYPES, npm_package, to_javascript

BUILD = "compiled" if COMPILED else "pure Python"
DOLLARS = FeeSchedule("USD", FeeRule("2.9", flat=30))
MODULE = [sys.executable, "-m", "kashia_money"]


def run(
    *arguments: str, command: list[str] = MODULE, **environment: str
) -> subprocess.CompletedProcess[str]:
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


def test_main_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(capsys, "150000000") == {
        "Amount": ("₦1,500,000.00", "received by the seller"),
        "Platform fee": ("₦22,500.00", "1.5 %"),
        "Commission": ("₦0.00", "0 %"),
        "Total fees": ("₦22,500.00", ""),
        "Total amount": ("₦1,522,500.00", "paid by the buyer"),
    }


@pytest.mark.parametrize(
    ("arguments", "platform", "merchant"),
    [
        (["100"], "minimum", "0 %"),
        (["0"], "1.5 %", "0 %"),
        (["1000000000000"], "cap", "0 %"),
        (["150000000", "--merchant-fee-percentage", "10"], "1.5 %", "10 %"),
        (
            ["150000000", "--merchant-fee-percentage", "10", "--merchant-fee-cap", "5"],
            "1.5 %",
            "cap",
        ),
        (["150000000", "--merchant-fee-percentage", "25"], "1.5 %", "clamped to 20 %"),
        (["150000000", "--merchant-fee-percentage=-1"], "1.5 %", "clamped to 0 %"),
        (
            ["150000000", "--merchant-fee-percentage", "25", "--merchant-fee-cap", "5"],
            "1.5 %",
            "clamped to 20 %, cap",
        ),
    ],
)
def test_main_notes_the_basis_of_each_fee(
    capsys: pytest.CaptureFixture[str], arguments: list[str], platform: str, merchant: str
) -> None:
    shown = table(capsys, *arguments)

    assert shown["Platform fee"][1] == platform
    assert shown["Commission"][1] == merchant


def test_main_reads_displayed_amounts(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table(
        capsys,
        "--display",
        "1,500,000",
        "--merchant-fee-percentage",
        "10",
        "--merchant-fee-cap",
        "₦5.50",
    )

    assert shown["Amount"][0] == "₦1,500,000.00"
    assert shown["Commission"] == ("₦5.50", "cap")


def test_main_explains_after_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote", "150000000", "--explain"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Amount ")
    assert "\n\nThe seller asks for ₦1,500,000.00 and receives all of it.\n" in printed
    assert "The platform fee is 1.5 % of ₦1,500,000.00, which is ₦22,500.00." in printed
    main(["quote", "150000000", "--explain", "--json"])
    assert "seller" not in capsys.readouterr().out


def test_main_prints_only_json_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
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


@pytest.fixture
def schedule_file(tmp_path: Path) -> Path:
    file = tmp_path / "dollars.json"
    file.write_text(json.dumps(DOLLARS.to_dict()), "utf-8")
    return file


@pytest.mark.parametrize("currency", [[], ["--currency", "USD"]])
def test_main_charges_by_a_schedule_in_a_file(
    capsys: pytest.CaptureFixture[str], schedule_file: Path, currency: list[str]
) -> None:
    main(["quote", "5000", "--json", "--schedule", str(schedule_file), *currency])

    printed = json.loads(capsys.readouterr().out)

    assert (printed["currency"], printed["fees"]["platform_fee"]) == (
        "USD",
        175,
    )  # 2.9 % of $50.00, and $0.30


def test_main_reads_displayed_amounts_in_the_currency_of_the_schedule(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    yen = tmp_path / "yen.json"
    yen.write_text(json.dumps(FeeSchedule("JPY", FeeRule(1)).to_dict()), "utf-8")

    assert table(capsys, "--display", "5,000", "--schedule", str(yen))["Platform fee"] == (
        "JP¥50",
        "1 %",
    )


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        main(["quote", *arguments])
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[1]", "got [1]: write an object into the file"),
        ("{", "correct the file: Expecting property name"),
        ("[" * 100_000, "correct the file: "),
        (
            '{"currency": "USD", "currency": "NGN"}',
            "correct the file: it has an object that names a field twice",
        ),
        ('{"currency": "USD"}', "expected $ as an object with the field platform"),
        ('{"currency": "usd", "platform": {"percentage": "1"}}', "expected $.currency as "),
        (
            '{"currency": "USD", "platform": {"percentage": "1", "cap": "5.00"}}',
            (
                "$.platform.cap as an int of minor units from 0 to 9223372036854775807, "
                "got '5.00': write minor units,"
            ),
        ),
        (
            '{"currency": "USD", "platform": {"percentage": 1}}',
            "expected $.platform.percentage as text",
        ),
    ],
)
def test_main_rejects_a_file_that_is_not_a_schedule(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, reason: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content, "utf-8")
    printed = error_of(capsys, "5", "--schedule", str(file))

    assert reason in printed
    assert printed.count("\n") == 1


def test_main_rejects_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    printed = error_of(capsys, "5", "--schedule", "nowhere.json")

    assert printed.endswith("got 'nowhere.json': correct its name: No such file or directory\n")


def test_main_names_options_and_not_arguments_in_remedies(
    capsys: pytest.CaptureFixture[str], schedule_file: Path
) -> None:
    """Those of the library are Python calls, which the command's user cannot make."""
    schedule = "a file with a schedule as JSON, as FeeSchedule.to_dict() returns it"

    assert error_of(capsys, "5", "--currency", "USD") == (
        "kashia-money: expected a currency with a published schedule, got 'USD': "
        f"pass --schedule FILE, {schedule}\n"
    )
    assert error_of(capsys, "5", "--currency", "NGN", "--schedule", str(schedule_file)).endswith(
        "got 'NGN': leave out --currency, "
        "or pass --schedule FILE with a schedule in that currency\n"
    )
    assert error_of(capsys, "--display", "1,50").endswith("write it like '₦1,234,567.89'\n")
    assert error_of(capsys, "--display", "9" * 20).endswith("pass a smaller amount\n")


def test_main_rejects_a_commission_of_a_single_vendor(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "vendor.json"
    file.write_text(
        json.dumps(FeeSchedule("NGN", FeeRule(1), marketplace=False).to_dict()), "utf-8"
    )
    printed = error_of(capsys, "5", "--schedule", str(file), "--merchant-fee-percentage", "5")

    assert "expected merchant_fee_percentage as absent on a single vendor's link" in printed


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
    ["quote", "5", "--currency", ""],
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
def test_main_rejects_input_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    printed = capsys.readouterr()

    assert exit_.value.code == 2
    assert printed.out == ""
    assert printed.err.startswith("kashia-money")
    assert printed.err.count("\n") == 1
    assert len(printed.err) < 400


def test_module_and_script_run_one_command() -> None:
    script = shutil.which("kashia-money", path=str(Path(sys.executable).parent))
    assert script is not None
    for command in (MODULE, [script]):
        done = run("quote", "150000000", command=command)
        assert (done.returncode, done.stderr) == (0, "")
        assert "₦1,522,500.00" in done.stdout
        assert run("--version", command=command).stdout == f"kashia-money {__version__} ({BUILD})\n"


def test_module_prints_no_traceback() -> None:
    done = run("quote", "nonsense")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_module_prints_the_code_if_ascii() -> None:
    done = run("quote", "150000000", PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert "NGN 1,522,500.00" in done.stdout


def test_module_explains_with_the_code_if_ascii() -> None:
    # Its sentences were printed as they are, so that such an output ended in a traceback.
    done = run("quote", "150000000", "--explain", PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert "The platform fee is 1.5 % of NGN 1,500,000.00, which is NGN 22,500.00." in done.stdout


@pytest.mark.parametrize("locale", ["de_DE.UTF-8", "C"])
def test_module_ignores_the_locale(locale: str) -> None:
    assert run("quote", "150000000", LC_ALL=locale).stdout == run("quote", "150000000").stdout


def test_javascript_prints_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["javascript", "--locale", "de"]) == 0
    assert capsys.readouterr().out == to_javascript(PUBLISHED["NGN"], locale="de")


def test_javascript_types_prints_the_declarations(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["javascript", "--types"]) == 0
    assert capsys.readouterr().out == TYPES


def test_javascript_out_writes_a_package(tmp_path: Path, schedule_file: Path) -> None:
    folder = tmp_path / "new" / "fees"
    assert main(["javascript", "--schedule", str(schedule_file), "--out", str(folder)]) == 0

    files = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    assert files == npm_package(DOLLARS)
    package = json.loads(files["package.json"])
    assert package["name"] == "kashia-money-usd"
    assert package["version"] == f"0.0.0-f{DOLLARS.fingerprint[:16]}"
    assert list(package["exports"]["."]) == ["types", "default"]
    assert package["sideEffects"] is False


def test_javascript_check_finds_a_stale_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, schedule_file: Path
) -> None:
    file = tmp_path / "fees.mjs"
    file.write_bytes(to_javascript(DOLLARS).replace("\n", "\r\n").encode())  # as Git on Windows

    assert main(["javascript", "--schedule", str(schedule_file), "--check", str(file)]) == 0
    assert main(["javascript", "--check", str(file)]) == 1
    assert f"{file} is stale: write it again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--check", "no-such-file"], "expected --check as a file or folder, got 'no-such-file'"),
        (["--out", __file__], "expected --out as a file or folder"),
        (["--locale", "xx"], "expected a locale in CLDR, got 'xx'"),
        (["--out", "a", "--check", "b"], "not allowed with argument --out"),
    ],
)
def test_javascript_rejects_arguments(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["javascript", *arguments])
    assert message in capsys.readouterr().err
