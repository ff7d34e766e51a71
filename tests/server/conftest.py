"""The fixtures of this room: a running house that keeps the test's clock, and one that a module shares."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from server.settings import Settings
from tests.support.clock import FixedClock
from tests.support.pages import World, running_world
from tests.support.web import House, running_house


@pytest.fixture
async def house(tmp_path: Path, clock: FixedClock) -> AsyncIterator[House]:
    async with running_house(tmp_path, clock=clock) as running:
        yield running


@pytest.fixture
def node_without_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the house run a node that speaks the control protocol and carries no media."""

    def command(_settings: Settings, control: int) -> list[str]:
        return [sys.executable, "-m", "tests.support.fake_node", str(control)]

    monkeypatch.setattr("server.app.node_command", command)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One house for a whole module, which says `pytestmark = pytest.mark.asyncio(loop_scope="module")`."""
    async with running_world(tmp_path_factory.mktemp("house")) as running:
        yield running
