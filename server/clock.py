"""The only place that reads the machine's time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Give the present moment, aware and in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock
