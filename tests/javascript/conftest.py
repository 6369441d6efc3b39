"""The engines, each started once."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.javascript.engines import Browser, Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOOLS = "@arethetypeswrong/cli @babel/cli @babel/core @babel/preset-env esbuild publint typescript"


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    engine = Node(tmp_path_factory.mktemp("modules"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")  # Playwright's event loop would disturb other tests
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, because Playwright's own is a download."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install 'kashia_money[all]'"
    )
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        process = playwright.chromium.launch(executable_path=chromium)
        yield Browser(process.new_page())
        process.close()


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which npm has installed the tools of JavaScript projects."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    if "KASHIA_MONEY_SKIP_NOTHING" not in os.environ:
        pytest.skip("npm would install tools for 10 seconds: KASHIA_MONEY_SKIP_NOTHING=1 allows it")
    folder = tmp_path_factory.mktemp("tools")
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(folder)]
    done = subprocess.run(
        [npm, "install", *options, *TOOLS.split()], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("npm cannot install packages: is there a network?")
    return folder
