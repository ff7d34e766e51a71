"""Fixtures of the stories: a seeded folder made once, and real instances on copies of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.demo.folder import DemoFolder
from tests.support.instance import Instance, running_instance, seeded_folder
from tests.support.media_peer import keep_to_loopback


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFolder]:
    """The demonstration's world, before anything runs on it."""
    with seeded_folder(tmp_path_factory.mktemp("seeded")) as folder:
        yield folder


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
