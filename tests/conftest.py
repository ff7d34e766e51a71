"""Fixtures for every room: a clock that stands still."""

import pytest

from tests.support.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()
