"""The shape of a clock: verbs ask it for the time, so that a test can hold time still."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware UTC datetime."""
