"""The one interview that the verbs of this room are tried on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.records_people import World, closed, world_in


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await world_in(tmp_path)
    yield made
    await closed(made)
