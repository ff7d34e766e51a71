"""The one interview that the verbs of this room are tried on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.records_people import World, world_in


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with world_in(tmp_path) as made:
        yield made
