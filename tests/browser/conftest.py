"""The instance that the page tests share: the demonstration's world, served by a child process."""

import asyncio
from collections.abc import Iterator

import pytest

from server.clock import utc_now
from server.demo.folder import DemoFolder, prepare
from server.transcript_page import render_transcript
from tests.support.instance import Instance, running_instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One instance for all pages; every test leaves it fit for the next."""
    folder = DemoFolder(tmp_path_factory.mktemp("seeded"))
    folder.root.chmod(0o700)
    asyncio.run(prepare(folder, utc_now, render_transcript))
    with running_instance(folder, tmp_path_factory.mktemp("pages") / "instance") as running:
        yield running
