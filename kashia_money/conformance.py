"""Test a port of the library in another language, such as JavaScript or Go.

The package has some 19,000 cases: the input of a calculation, and the output that the library
gives. `cases()` yields them. `run_port()` runs a port as a subprocess and compares its output with
the library's; `kashia-money conformance` does so from a terminal.

A port reads JSON Lines from its input and writes JSON Lines to its output. Each line that it reads
is a case: an object with `id`, `group` and `input`. For each case it writes the same `id` and its
`output`, or the `id` and `"skip": true` for a case that it leaves out. The order of its answers has
no effect. Every integer is text, because many JSON readers lose digits from 2⁵³.

>>> case = next(cases())
>>> case.group, case.input["amount"], case.expected["total_amount"]
('quotes', '10000', '20000')
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from ._documents.json_text import UNREADABLE, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["VERSION", "Case", "Difference", "GroupReport", "Report", "cases", "export", "run_port"]

VERSION: Final = "1"
"""The version of the cases. It changes when the form or the expected output of a case changes."""

_ROWS: Final = "conformance.json.gz"
_SCHEMA: Final = "conformance.schema.json"
_REFERENCES: Final = ("rule", "schedule")  # columns with positions in the list of documents
_SHOWN: Final = 3  # differences of each group that a report keeps
_MAX_TEXT: Final = 600  # characters of JSON that a report shows
_MAX_LINE: Final = 1_000_000  # bytes of an answer
_GRACE: Final = 5.0  # seconds for a port to end after its last answer
_LINE_FORM: Final = 'a JSON object with "id" and either "output" or "skip": true'


class Case(NamedTuple):
    """One case: an input, and the output that every port must give.

    >>> next(cases()).id
    'quotes 0'
    """

    id: str
    """The name of the case; unique."""
    group: str
    """The calculation: `quotes`, `rejected`, `gross_up` or another group in docs/conformance.md."""
    input: Mapping[str, Any]
    """The arguments of the calculation. Every integer is text."""
    expected: Mapping[str, Any]
    """The results. For rejected input, the field `error` has the name of the error."""


def cases() -> Iterator[Case]:
    """Yield all cases, ordered by group.

    >>> next(case for case in cases() if case.group == "exponents")
    Case(id='exponents 0', group='exponents', input={'currency': 'ADP'}, expected={'exponent': '0'})
    """
    document = json.loads(gzip.decompress(_package_file(_ROWS)))
    numbers = Counter[str]()
    for block in document["blocks"]:
        group = block["group"]
        inputs = _rows(_with_documents(block["input"], document["documents"]))
        for row, expected in zip(inputs, _rows(block["expected"]), strict=True):
            yield Case(f"{group} {numbers[group]}", group, row, expected)
            numbers[group] += 1


def _with_documents(
    columns: dict[str, list[Any]], documents: Sequence[object]
) -> dict[str, list[Any]]:
    """Return the columns of a block with rules and schedules in place of their positions."""
    return {
        name: [documents[int(value)] for value in values] if name in _REFERENCES else values
        for name, values in columns.items()
    }


def _rows(columns: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows of columns."""
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def export(directory: str | os.PathLike[str]) -> list[Path]:
    """Write the cases and their JSON Schema into a directory, and return the paths of both files.

    The directory is created if it does not exist.

    Raises:
        OSError: the directory or a file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     [path.name for path in export(directory)]
    ['conformance.json.gz', 'conformance.schema.json']
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in (_ROWS, _SCHEMA)]
    for path in paths:
        path.write_bytes(_package_file(path.name))
    return paths


def _package_file(name: str) -> bytes:
    return (files("kashia_money") / name).read_bytes()


class Difference(NamedTuple):
    r"""A case for which a port gave another output than the library.

    >>> case = Case("net 1", "net", {"amount": "5"}, {"net": "4"})
    >>> print("\n".join(Difference(case, {"net": "5"}).lines()))
    net 1
      input     {"amount": "5"}
      expected  {"net": "4"}
      got       {"net": "5"}
    """

    case: Case
    output: object
    """The output of the port."""

    def lines(self) -> list[str]:
        """Return the difference as lines of text: the input and the fields that differ.

        Long values are abbreviated.
        """
        expected, output = self.case.expected, self.output
        if isinstance(output, dict):
            expected, output = _without_common(expected, output), _without_common(output, expected)
        return [
            self.case.id,
            f"  input     {_json(self.case.input)}",
            f"  expected  {_json(expected)}",
            f"  got       {_json(output)}",
        ]


def _without_common(fields: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that another object does not have with the same value."""
    return {
        name: value for name, value in fields.items() if name not in other or other[name] != value
    }


def _json(value: object) -> str:
    return _shortened(json.dumps(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}..."


class GroupReport(NamedTuple):
    """The numbers of a group's cases, and its first differences.

    >>> GroupReport("net", 10, passed=4, left_out=3, differing=2).unanswered
    1
    """

    name: str
    cases: int
    passed: int = 0
    left_out: int = 0
    """Cases that the port skipped."""
    differing: int = 0
    first: tuple[Difference, ...] = ()
    """The first three differences."""

    @property
    def unanswered(self) -> int:
        """Cases without an answer, because the port broke off before."""
        return self.cases - self.passed - self.left_out - self.differing


class Report(NamedTuple):
    r"""The result of a port.

    >>> report = Report((GroupReport("net", 10, passed=9, left_out=1),))
    >>> print("\n".join(report.lines()))
    group                cases    passed    differ  left out
    net                     10         9         0         1
    9 cases passed, 0 differ, 1 left out
    Left out in part: net
    >>> report.exit_code
    0
    """

    groups: tuple[GroupReport, ...]
    defect: str = ""
    """Why the port is broken, such as an answer that is not JSON; "" if it answered every case."""

    @property
    def exit_code(self) -> int:
        """0 if no case differs, 1 if a case differs, 2 if the port is broken."""
        if self.defect:
            return 2
        return 1 if any(group.differing for group in self.groups) else 0

    def lines(self) -> list[str]:
        """Return the report as lines of text: a table by group, differences and a summary."""
        rows = [
            _row(group.name, group.cases, group.passed, group.differing, group.left_out)
            for group in self.groups
        ]
        differences = [line for group in self.groups for line in _difference_lines(group)]
        table = [_row("group", "cases", "passed", "differ", "left out"), *rows]
        separator = [""] if differences else []
        return [*table, *differences, *separator, *self._summary()]

    def _summary(self) -> Iterator[str]:
        passed = sum(group.passed for group in self.groups)
        differing = sum(group.differing for group in self.groups)
        left_out = sum(group.left_out for group in self.groups)
        unanswered = sum(group.unanswered for group in self.groups)
        rest = f", {unanswered} unanswered" if unanswered else ""
        yield f"{passed} cases passed, {differing} differ, {left_out} left out{rest}"
        whole = [group.name for group in self.groups if group.left_out == group.cases]
        if whole:
            yield f"Left out: {', '.join(whole)}"
        in_part = [group.name for group in self.groups if 0 < group.left_out < group.cases]
        if in_part:
            yield f"Left out in part: {', '.join(in_part)}"
        if self.defect:
            yield f"The port is broken: {self.defect}"


def _row(name: str, *columns: object) -> str:
    return f"{name:<16}" + "".join(f"{column:>10}" for column in columns)


def _difference_lines(group: GroupReport) -> Iterator[str]:
    if not group.first:
        return
    yield ""
    yield f"{group.name}: {group.differing} of {group.cases} differ"
    for difference in group.first:
        yield from (f"  {line}" for line in difference.lines())
    if group.differing > len(group.first):
        yield f"  and {group.differing - len(group.first)} more"


class _BrokenPortError(Exception):
    """A port that does not keep to the protocol."""


def run_port(
    command: Sequence[str],
    *,
    silence: float = 60.0,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Run a port on all cases and return the report.

    The port is a subprocess. It and its own subprocesses are ended before this function returns.

    Args:
        command: the port's program and arguments.
        silence: in seconds; a port that writes nothing for longer is broken.
        progress: called after each answer with the number of answers and the number of cases.

    >>> import sys
    >>> silent = run_port([sys.executable, "-c", "pass"])
    >>> silent.exit_code, silent.defect.partition(" with")[0]
    (2, 'it ended')
    """
    run = _Run(list(cases()))
    try:
        port = _Port(command, run.input_lines())
    except OSError as error:
        return run.report(f"it did not start: {error.strerror}: {command[0]!a}")
    try:
        _take_answers(run, port, silence, progress)
    except _BrokenPortError as error:
        return run.report(str(error))
    finally:
        port.end()
    return run.report("it left out every case" if run.left_out == run.total else "")


def _take_answers(
    run: _Run, port: _Port, silence: float, progress: Callable[[int, int], None] | None
) -> None:
    """Read the answers of a port until it ends, or until it writes nothing for too long."""
    while run.open_cases:
        line = port.read(silence)
        if line is None:
            raise _BrokenPortError(f"it wrote nothing for {silence:g} seconds")
        if not line:
            raise _BrokenPortError(f"it {port.ending()}, and did not answer every case")
        run.take(line)
        if progress is not None:
            progress(run.total - len(run.open_cases), run.total)
    extra = port.read(_GRACE)
    if extra:
        run.take(extra)
    if port.exit_code():
        raise _BrokenPortError(f"it {port.ending()} after its last answer")


class _Run:
    """The cases of a run, and the answers so far."""

    def __init__(self, rows: Sequence[Case]) -> None:
        self.total: Final = len(rows)
        self.open_cases: Final = {case.id: case for case in rows}
        self._sizes: Final = Counter(case.group for case in rows)
        self._passed: Final = Counter[str]()
        self._left_out: Final = Counter[str]()
        self._differing: Final = Counter[str]()
        self._first: Final = defaultdict[str, list[Difference]](list)

    @property
    def left_out(self) -> int:
        """The number of cases that the port left out."""
        return self._left_out.total()

    def input_lines(self) -> list[bytes]:
        """Return the lines that the port reads."""
        rows = [
            {"id": case.id, "group": case.group, "input": case.input}
            for case in self.open_cases.values()
        ]
        return [json.dumps(row).encode("ascii") + b"\n" for row in rows]

    def take(self, line: bytes) -> None:
        """Count an answer."""
        answer = _parse_answer(line)
        case = self.open_cases.pop(answer["id"], None)
        if case is None:
            raise _BrokenPortError(f"it answered twice, or to an unknown id: {_text(line)}")
        if "skip" in answer:
            self._left_out[case.group] += 1
        elif answer["output"] == case.expected:
            self._passed[case.group] += 1
        else:
            self._differing[case.group] += 1
            first = self._first[case.group]
            if len(first) < _SHOWN:
                first.append(Difference(case, answer["output"]))

    def report(self, defect: str) -> Report:
        """Return the report of the answers so far."""
        groups = [
            GroupReport(
                name=name,
                cases=size,
                passed=self._passed[name],
                left_out=self._left_out[name],
                differing=self._differing[name],
                first=tuple(self._first[name]),
            )
            for name, size in self._sizes.items()
        ]
        return Report(tuple(groups), defect)


def _parse_answer(line: bytes) -> dict[str, Any]:
    """Return the answer in a line of the port's output."""
    if len(line) > _MAX_LINE:
        raise _BrokenPortError(f"it wrote a line of more than {_MAX_LINE} bytes")
    try:
        answer = parse_json(line)
    except UNREADABLE:
        answer = None
    if isinstance(answer, dict) and isinstance(answer.get("id"), str):
        rest = {name: value for name, value in answer.items() if name != "id"}
        if list(rest) == ["output"] or (list(rest) == ["skip"] and rest["skip"] is True):
            return answer
    raise _BrokenPortError(f"it wrote a line that is not {_LINE_FORM}: {_text(line)}")


def _text(line: bytes) -> str:
    return _shortened(json.dumps(line.decode("utf-8", "replace").rstrip("\r\n")))


class _Port:
    """A port in a subprocess.

    Two threads write its input and read its output, so that no pipe can block this process.
    """

    def __init__(self, command: Sequence[str], rows: Sequence[bytes]) -> None:
        self._process: Final = subprocess.Popen(  # noqa: S603  # the caller's own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._lines: Final = SimpleQueue[bytes]()
        self._threads: Final = [
            Thread(target=_write, args=(self._process.stdin, rows), daemon=True),
            Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def read(self, seconds: float) -> bytes | None:
        """Return the next line, b"" at the end of the output, or None if nothing came in time."""
        try:
            return self._lines.get(timeout=seconds)
        except Empty:
            return None

    def exit_code(self) -> int | None:
        """Return the exit code, or None if the port does not end soon."""
        try:
            return self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return None

    def ending(self) -> str:
        """Return how the port ended, as part of a sentence."""
        code = self.exit_code()
        return "closed its output" if code is None else f"ended with exit code {code}"

    def end(self) -> None:
        """End the port and its subprocesses."""
        if sys.platform == "win32":  # pragma: no cover
            self._process.kill()
        else:
            # The port started a session, so its subprocesses are in its group. On macOS, a group of
            # ended processes gives a PermissionError.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(_GRACE)


def _write(stream: IO[bytes], rows: Sequence[bytes]) -> None:
    with suppress(OSError), stream:  # a port can end before it has read every case
        stream.writelines(rows)


def _read(stream: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    with stream:
        while line := stream.readline(_MAX_LINE + 1):
            lines.put(line)
    lines.put(b"")
