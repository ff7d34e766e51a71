"""Fixtures for every room: a clock that stands still; and which tests the second database repeats."""

import asyncio
import os
from collections.abc import Callable

import pytest
import uvloop
from hypothesis import settings

from server.packet_path import prefer_compiled
from tests.support.clock import FixedClock
from tests.support.database import KIND, SQLITE, permit

if os.environ.get("PARLOIR_TEST_PACKET_PATH") == "compiled":
    if not prefer_compiled():
        raise pytest.UsageError("the packet path is not compiled: make setup, after gcc and python3-dev")

    def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
        """Run what is compiled on the node's own loop, which answers in other types than asyncio's."""
        return {"uvloop": uvloop.new_event_loop}


settings.register_profile("untimed", deadline=None)  # a busy machine breaks no rule
settings.load_profile("untimed")

# Whoever asks for one of these touches a database. A test that does so without any says `database`, or is
# refused one.
ON_A_DATABASE = frozenset(
    {
        "bare_environment",
        "broken_house",
        "demo",
        "desk",
        "empty_environment",
        "engine",
        "folder",
        "house",
        "houses",
        "instance",
    }
    | {"journal", "seeded", "session", "shared_instance", "two", "world"}
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: touches one, but through no fixture")
    config.addinivalue_line("markers", "own_database: chooses its database itself and runs once")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second database, repeat only what touches one: all the rest was run on the first."""
    if KIND == SQLITE:
        return
    repeated = [item for item in items if touches(item) and not item.get_closest_marker("own_database")]
    config.hook.pytest_deselected(items=[item for item in items if item not in repeated])
    items[:] = repeated


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    permit.is_given = touches(item) or item.get_closest_marker("own_database") is not None


def touches(item: pytest.Item) -> bool:
    through_fixture = not ON_A_DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
    return through_fixture or item.get_closest_marker("database") is not None


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()
