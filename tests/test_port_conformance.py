"""The cases for ports: current, true by the oracle, and run on right and on broken ports."""

from __future__ import annotations

import gzip
import shutil
import sys
from pathlib import Path

import pytest

from kashia_money.conformance import cases, run_port
from tests.support.ports import ABOUT, PATH, dumps, every_case

PORTS = Path(__file__).parent / "ports"
PYTHON = [sys.executable, "-m", "tests.ports.port"]
NODE = ["node", str(PORTS / "port.mjs")]
CASES = list(cases())

needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: install Node.js"
)


def test_file_is_current() -> None:
    current = gzip.decompress(PATH.read_bytes()).decode("ascii") == dumps(every_case())
    assert current, (
        "run python -m tests.support.ports, and read the difference before you commit it"
    )


def test_port_in_python_passes_every_group() -> None:
    report = run_port(PYTHON)

    assert (report.exit_code, report.defect) == (0, "")
    assert [group.name for group in report.groups] == list(ABOUT)
    assert all(group.passed == group.cases for group in report.groups)


@needs_node
def test_port_in_javascript_passes_what_it_does_not_leave_out() -> None:
    quotes, *others = run_port(NODE).groups

    assert (quotes.name, quotes.differing) == ("quotes", 0)
    assert quotes.passed > 6_000
    assert all(group.left_out == group.cases for group in others)
