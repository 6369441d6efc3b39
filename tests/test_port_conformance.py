"""The runner of ports: right ones, wrong ones, and broken ones, which it ends."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kashia_money import conformance
from kashia_money.cli import main
from kashia_money.conformance import Case, Difference, GroupReport, Report, cases, run_port
from tests.support.conformance import Row, load
from tests.support.engines import ENGINES
from tests.support.ports import ABOUT, PATH, dumps, every_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PORTS = Path(__file__).parent / "ports"
PORT = (PORTS / "port.mjs").read_text("utf-8")
PYTHON = [sys.executable, "-m", "tests.ports.port"]
CASES = list(cases())

needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: install Node.js"
)


def test_file_is_current() -> None:
    current = gzip.decompress(PATH.read_bytes()).decode("ascii") == dumps(every_case())
    assert current, (
        "run python -m tests.support.ports, and read the difference before you commit it"
    )


def test_file_is_small_and_without_a_time() -> None:
    packed = PATH.read_bytes()

    assert len(packed) < 150_000
    assert packed[4:8] == bytes(4)  # where gzip writes the time


def test_cases_are_ordered_by_group_and_have_unique_ids() -> None:
    assert list(dict.fromkeys(case.group for case in CASES)) == list(ABOUT)
    assert len({case.id for case in CASES}) == len(CASES)


def test_export_writes_the_files_of_the_package(tmp_path: Path) -> None:
    rows, schema = conformance.export(tmp_path / "new" / "folder")

    assert rows.read_bytes() == PATH.read_bytes()
    assert schema.read_bytes() == PATH.with_name("conformance.schema.json").read_bytes()


# Ports that keep to the protocol.

PORT_COMMANDS = {
    "port.py": PYTHON,
    "generated.py": [sys.executable, "-m", "tests.ports.generated"],
    "port.mjs": ["node", str(PORTS / "port.mjs")],
}


def test_run_port_passes_a_port_of_every_group() -> None:
    report = run_port(PYTHON)

    assert (report.exit_code, report.defect) == (0, "")
    assert [group.name for group in report.groups] == list(ABOUT)
    assert all(group.passed == group.cases for group in report.groups)


def test_run_port_finds_a_mistake_in_every_group() -> None:
    report = run_port([sys.executable, "-m", "tests.ports.wrong"])

    assert (report.exit_code, report.defect) == (1, "")
    for group in report.groups:
        assert group.differing >= 3, group.name
        assert [difference.case.group for difference in group.first] == [group.name] * 3


@needs_node
def test_run_port_passes_the_documented_port() -> None:
    quotes, *others = run_port(["node", str(PORTS / "port.mjs")]).groups

    assert (quotes.name, quotes.differing, quotes.unanswered) == ("quotes", 0, 0)
    assert quotes.passed > 4_000
    assert quotes.left_out > 6_000  # those with tiers, or another rounding than half up
    assert all(group.left_out == group.cases for group in others)


MISTAKES = {
    "half even for half up": (
        "exact + WHOLE / 2n",
        "exact + WHOLE / 2n - 1n + (exact / WHOLE) % 2n",
    ),
    "up for half up": ("exact + WHOLE / 2n", "exact + WHOLE - 1n"),
    "half down for half up": ("exact + WHOLE / 2n", "exact + WHOLE / 2n - 1n"),
    "a float": (
        "(exact + WHOLE / 2n) / WHOLE",
        "BigInt(Math.floor(Number(exact + WHOLE / 2n) / 1e8))",
    ),
    "no minimum": ("if (fee < BigInt(minimum)) fee = BigInt(minimum);", ""),
    "no cap": ("if (cap !== null && fee > BigInt(cap)) fee = BigInt(cap);", ""),
    "a fee on nothing": ("if (amount === 0n) fee = 0n;", ""),
    "a threshold that is not included": (
        "amount < BigInt(flat_from)",
        "amount <= BigInt(flat_from)",
    ),
    "no clamp above": ("asked > WHOLE / 5n", "asked > WHOLE * 5n"),
    "no clamp below": ("asked < 0n ? 0n :", ""),
    "the link's cap is ignored": ("link.merchant_fee_cap ?? merchant.cap", "merchant.cap"),
    "a clamp without a report": ("asked === rate ? null : percentage", "null"),
    "a basis that is wrong": ('"minimum" : "percentage"', '"percentage" : "percentage"'),
    "numbers for text": ("platform_fee: fee", "platform_fee: Number(fee)"),
}


@needs_node
@pytest.mark.parametrize("mistake", MISTAKES)
def test_run_port_finds_a_mistake_in_the_documented_port(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = [case for case in CASES if case.group == "quotes"]
    monkeypatch.setattr(conformance, "cases", lambda: iter(quotes))
    before, after = MISTAKES[mistake]
    assert PORT.count(before) == 1
    wrong = tmp_path / "wrong.mjs"
    wrong.write_text(PORT.replace(before, after), "utf-8")
    report = run_port(["node", str(wrong)])

    assert (report.exit_code, report.defect) == (1, "")
    assert [group.name for group in report.groups if group.differing] == ["quotes"]


# Ports that do not keep to the protocol, on a few cases.

FEW = [Case(f"net {number}", "net", {"amount": str(number)}, {"net": "1"}) for number in range(8)]
ANSWERS = """
import json, os, subprocess, sys, time
def say(**answer):
    print(json.dumps(answer), flush=True)
rows = [json.loads(line) for line in sys.stdin]
first = rows[0]["id"]
"""
RIGHT = "\nfor row in rows: say(id=row['id'], output={'net': '1'})\n"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "cases", lambda: iter(FEW))
    monkeypatch.setattr(conformance, "_GRACE", 0.3)


def program(text: str) -> list[str]:
    return [sys.executable, "-c", ANSWERS + text]


BROKEN = {
    "say(id=first, output={'net': '1'})": "it ended with exit code 0, and did not",
    "sys.exit(3)": "it ended with exit code 3, and did not answer every case",
    "os.close(1); time.sleep(60)": "it closed its output, and did not answer every case",
    "time.sleep(60)": "it wrote nothing for 2 seconds",
    "sys.stdout.write('{'); sys.stdout.flush(); time.sleep(60)": "it wrote nothing for 2 seconds",
    "print('hello')": 'a JSON object with "id" and either "output" or "skip": true: "hello"',
    "print()": ': ""',
    "print([1])": ': "[1]"',
    "print('[' * 100_000)": ': "[[[[',
    "sys.stdout.buffer.write(bytes([255, 10]))": ': "\\ufffd"',
    "say(output={'net': '1'})": "it wrote a line that is not",
    "say(id=5, output={'net': '1'})": "it wrote a line that is not",
    "say(id=first)": "it wrote a line that is not",
    "say(id=first, skip=False)": "it wrote a line that is not",
    "say(id=first, skip=True, output={})": "it wrote a line that is not",
    "say(id=first, output={}, took=5)": "it wrote a line that is not",
    "say(id='net 99', output={})": "it answered twice, or to an unknown id: ",
    "say(id=first, output={}); say(id=first, output={})": "it answered twice, or to an unk",
    "print('x' * 2_000_000)": "it wrote a line of more than 1000000 bytes",
    "while True: sys.stdout.write('x' * 10_000)": "it wrote a line of more than 1000000 bytes",
    "while True: print('x')": "it wrote a line that is not",
    RIGHT + "say(id=first, output={})": "it answered twice, or to an unknown id: ",
    RIGHT + "print('done')": "it wrote a line that is not",
    RIGHT + "sys.exit(3)": "it ended with exit code 3 after its last answer",
    "for row in rows: say(id=row['id'], skip=True)": "it left out every case",
}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("text", BROKEN)
def test_run_port_reports_a_broken_port(text: str) -> None:
    started = time.monotonic()
    report = run_port(program(text), silence=2)

    assert report.exit_code == 2
    assert BROKEN[text] in report.defect
    assert len(report.defect) < 1_000
    assert time.monotonic() - started < 30


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("command", [["no-such-command"], [str(PORTS)], [str(PORTS / "port.mjs")]])
def test_run_port_reports_a_command_that_does_not_start(command: list[str]) -> None:
    report = run_port(command)

    assert report.exit_code == 2
    assert report.defect.startswith("it did not start: ")
    assert sum(group.unanswered for group in report.groups) == len(FEW)


@pytest.mark.usefixtures("few")
def test_run_port_keeps_the_answers_before_a_defect() -> None:
    report = run_port(program("say(id=first, output={'net': '1'}); say(id=first)"))

    assert (report.exit_code, report.groups[0].passed, report.groups[0].unanswered) == (2, 1, 7)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        RIGHT.replace("rows:", "rows[::-1]:"),
        RIGHT + "time.sleep(60)",
        RIGHT + "os.close(1); time.sleep(60)",
        RIGHT + "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        RIGHT.replace("say", "time.sleep(0.01); say"),
        RIGHT.replace("rows:", "rows[1:]:")
        + """sys.stdout.write(json.dumps({"output": {"net": "1"}, "id": first}))  # no line feed""",
    ],
)
def test_run_port_takes_answers_in_any_order_and_ends_the_port(text: str) -> None:
    started = time.monotonic()
    report = run_port(program(text))

    assert (report.exit_code, report.groups[0].passed) == (0, 8)
    assert time.monotonic() - started < 20


@pytest.mark.usefixtures("few")
def test_run_port_ends_the_subprocesses_of_a_port(tmp_path: Path) -> None:
    """As those of npm, which keep the pipe of the output open."""
    file = tmp_path / "id"
    child = (
        f"child = subprocess.Popen(['sleep', '60']); open({str(file)!r}, 'w').write(str(child.pid))"
    )
    started = time.monotonic()
    report = run_port(program(f"{child}{RIGHT}"))

    assert report.exit_code == 0
    assert time.monotonic() - started < 20
    assert until(lambda: not is_running(int(file.read_text("utf-8"))))


def is_running(process: int) -> bool:
    """Whether a process is there and not a zombie."""
    status = Path(f"/proc/{process}/stat")
    if not status.parent.parent.joinpath("self").exists():  # a system without /proc
        return False
    return status.exists() and status.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"


def until(holds: Callable[[], bool]) -> bool:
    for _ in range(50):
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.usefixtures("few")
def test_run_port_ends_the_port_if_the_progress_raises() -> None:
    def stop(answered: int, total: int) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_port(program(f"{RIGHT}time.sleep(60)"), progress=stop)
    assert time.monotonic() - started < 20


# The report.

FORMAT = Case("format 0", "format", {"amount": "5"}, {"text": "5", "symbol": None, "sign": ""})
FORMAT_OUTPUT = {"sign": "", "text": 5}


def test_report_lists_groups_differences_and_what_is_left_out() -> None:
    differences = tuple(Difference(case, {"net": "2"}) for case in FEW[:3])
    report = Report(
        (
            GroupReport("quotes", 5, passed=3, left_out=2),
            GroupReport("net", 8, passed=4, differing=4, first=differences),
            GroupReport("parse", 7, left_out=7),
            GroupReport("format", 2, differing=1, first=(Difference(FORMAT, FORMAT_OUTPUT),)),
        ),
        "it ended",
    )

    assert (
        "\n".join(report.lines())
        == """\
group                cases    passed    differ  left out
quotes                   5         3         0         2
net                      8         4         4         0
parse                    7         0         0         7
format                   2         0         1         0

net: 4 of 8 differ
  net 0
    input     {"amount": "0"}
    expected  {"net": "1"}
    got       {"net": "2"}
  net 1
    input     {"amount": "1"}
    expected  {"net": "1"}
    got       {"net": "2"}
  net 2
    input     {"amount": "2"}
    expected  {"net": "1"}
    got       {"net": "2"}
  and 1 more

format: 1 of 2 differ
  format 0
    input     {"amount": "5"}
    expected  {"text": "5", "symbol": null}
    got       {"text": 5}

7 cases passed, 5 differ, 9 left out, 1 unanswered
Left out: parse
Left out in part: quotes
The port is broken: it ended"""
    )


def test_report_abbreviates_long_values() -> None:
    difference = Difference(FEW[0], "\N{NAIRA SIGN}" * 100_000)

    assert max(map(len, difference.lines())) < 700
    assert difference.lines()[-1].isascii()


# The page.

PAGE = (Path(__file__).parent.parent / "docs" / "conformance.md").read_text("utf-8")


def test_page_has_the_whole_port() -> None:
    assert f"```js\n{PORT}```\n" in PAGE
    assert max(map(len, PORT.splitlines())) <= 100


@needs_node
def test_page_has_the_report_of_the_port() -> None:
    report = "\n".join(run_port(["node", str(PORTS / "port.mjs")]).lines())

    assert f"```console\n$ kashia-money conformance -- node port.mjs\n{report}\n```\n" in PAGE


@pytest.mark.parametrize(
    "name",
    ["port.py", *(pytest.param(name, marks=needs_node) for name in ("generated.py", "port.mjs"))],
)
def test_page_has_the_result_of_each_port(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = run_port(PORT_COMMANDS[name])
    passed, differing, left_out = (
        sum(numbers)
        for numbers in zip(
            *((group.passed, group.differing, group.left_out) for group in report.groups),
            strict=True,
        )
    )
    rejected = [case for case in CASES if "error" in case.expected]
    monkeypatch.setattr(conformance, "cases", lambda: iter(rejected))
    errors = sum(group.passed for group in run_port(PORT_COMMANDS[name]).groups)

    row = re.search(rf"^\| `tests/ports/{name}`[^|]*\|(.*)\|$", PAGE, re.MULTILINE)
    assert row is not None
    assert [int(cell) for cell in row[1].split("|")] == [passed, errors, differing, left_out]


def rows_of_engines() -> Iterator[tuple[str, int, int, int]]:
    """The rows that each engine prices and rejects in the tests of its folder, or leaves out."""
    rows = [row for group in load() for row in group.rows if row.amount is not None]
    priced = sum(row.figures is not None for row in rows)
    for name in ("Node", "Chromium", "Babel's output under Node", "esbuild's output under Node"):
        yield name, priced, len(rows) - priced, 0
    yield engine_row("NumPy", rows, signed)
    for name, engine in ENGINES.items():
        fits = integers if engine.unsigned else signed
        yield engine_row(
            name, [row for row in rows if not (engine.nan_is_null and is_nan(row))], fits
        )


def engine_row(
    name: str, rows: list[Row], fits: Callable[[Row], bool]
) -> tuple[str, int, int, int]:
    everything = sum(row.amount is not None for group in load() for row in group.rows)
    fitting = [row for row in rows if fits(row)]
    priced = sum(row.figures is not None for row in fitting)
    return name, priced, len(fitting) - priced, everything - len(fitting)


def signed(row: Row) -> bool:
    return all(-(2**63) <= value < 2**63 for value in (row.amount or 0, row.cap or 0))


def integers(row: Row) -> bool:
    """Whether a row fits signed integers, or unsigned ones."""
    return signed(row) or all(0 <= value < 2**64 for value in (row.amount or 0, row.cap or 0))


def is_nan(row: Row) -> bool:
    return row.percentage is not None and row.percentage.lower() == "nan"


def test_page_has_the_rows_of_each_engine() -> None:
    table = "".join(
        f"| {name} | {priced} | {rejected} | {left_out} |\n"
        for name, priced, rejected, left_out in rows_of_engines()
    )

    assert f"| engine | passed | rejected right | left out |\n|---|---|---|---|\n{table}\n" in PAGE


def test_page_has_the_numbers_of_the_cases() -> None:
    assert f" {len(CASES):,} cases" in PAGE
    sizes = Counter(case.group for case in CASES)
    errors = Counter(case.group for case in CASES if "error" in case.expected)
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)
    assert rows == [(name, str(size), str(errors[name])) for name, size in sizes.items()]


# The command.


def command_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        code = main(["conformance", *arguments])
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    return code, *capsys.readouterr()


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("text", "code", "end"),
    [
        (RIGHT, 0, "8 cases passed, 0 differ, 0 left out\n"),
        (RIGHT.replace("'1'", "'2'"), 1, "0 cases passed, 8 differ, 0 left out\n"),
        ("sys.exit(3)", 2, "broken: it ended with exit code 3, and did not answer every case\n"),
    ],
)
def test_command_prints_the_report(
    text: str, code: int, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code, out, err = command_line(["--", *program(text)], capsys)

    assert exit_code == code
    assert out.startswith("group ")
    assert out.endswith(end)
    assert err.splitlines() == [f"{n} of 8 cases" for n in range(1, 9) if code != 2]


def test_command_shows_progress_after_each_tenth(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [FEW[0]._replace(id=f"net {number}") for number in range(200)]
    monkeypatch.setattr(conformance, "cases", lambda: iter(many))
    _, _, err = command_line(["--", *program(RIGHT)], capsys)

    assert err.splitlines() == [f"{n} of 200 cases" for n in range(20, 201, 20)]


@pytest.mark.usefixtures("few")
def test_command_passes_options_after_the_dashes_to_the_port(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = f"assert sys.argv[1:] == ['--export', 'x', '-v'], sys.argv{RIGHT}"
    arguments = ["--silence", "20", "--", *program(text), "--export", "x", "-v"]

    assert command_line(arguments, capsys)[0] == 0


def test_command_exports_into_a_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["conformance.json.gz", "conformance.schema.json"]
    code, out, err = command_line(["--export", str(tmp_path)], capsys)

    assert (code, err) == (0, "")
    assert out.split() == [str(tmp_path / name) for name in names]
    assert sorted(os.listdir(tmp_path)) == names


@pytest.mark.usefixtures("few")
def test_command_exports_and_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--export", str(tmp_path), "--", *program(RIGHT.replace("'1'", "'2'"))]

    assert command_line(arguments, capsys)[0] == 1
    assert len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected the command of a port after --, or --export DIR\n"),
        (["--silence", "0", "--", "x"], "expected 0.1 to 86400 seconds, got 0\n"),
        (["--silence", "nan", "--", "x"], "expected 0.1 to 86400 seconds, got nan\n"),
        (["--silence", "soon", "--", "x"], "expected 0.1 to 86400 seconds, got soon\n"),
        (["--export", __file__], "File exists\n"),
    ],
)
def test_command_rejects_wrong_arguments(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = command_line(arguments, capsys)

    assert (code, out) == (2, "")
    assert err.startswith("kashia-money")
    assert err.endswith(message)
    assert err.count("\n") == 1


def test_whole_command_ends_with_the_exit_code_of_the_report() -> None:
    arguments = ["-m", "kashia_money", "conformance", "--", "no-such-command"]

    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, *arguments]) == 2


def test_package_does_not_load_the_module() -> None:
    program = "import sys, kashia_money; assert 'kashia_money.conformance' not in sys.modules"

    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]) == 0


def test_cases_survive_json() -> None:
    assert json.loads(json.dumps(CASES[0].input)) == CASES[0].input
