"""Fixtures of the stories: a seeded folder made once, and real instances on copies of it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.clock import utc_now
from server.demo.folder import DemoFolder, prepare
from server.transcript_page import render_transcript
from tests.support.instance import Instance, running_instance
from tests.support.media_peer import keep_to_loopback


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """The demonstration's world, before anything runs on it."""
    folder = DemoFolder(tmp_path_factory.mktemp("seeded"))
    folder.root.chmod(0o700)
    asyncio.run(prepare(folder, utc_now, render_transcript))
    return folder


@pytest.fixture
def instance(seeded: DemoFolder, tmp_path: Path) -> Iterator[Instance]:
    """An instance of a test's own, to be killed."""
    with running_instance(seeded, tmp_path / "instance") as running:
        yield running


@pytest.fixture(scope="module")
def shared_instance(seeded: DemoFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance that all tests of a module share: whatever one of them does, it must serve the next."""
    with running_instance(seeded, tmp_path_factory.mktemp("shared") / "instance") as running:
        yield running


@pytest.fixture(autouse=True)
def _on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch.setattr)
