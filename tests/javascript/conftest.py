"""The engines, each started once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.javascript.engines import Node

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    engine = Node(tmp_path_factory.mktemp("modules"))
    yield engine
    engine.close()
