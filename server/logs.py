"""Logs: constant event names with identifiers; never a name, a secret or a query."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import FilteringBoundLogger

log: FilteringBoundLogger = structlog.get_logger("parloir")


def configure(stream: TextIO | None = None) -> None:
    """One line an event on standard error: readable at a terminal, JSON elsewhere."""
    stream = stream or sys.stderr
    # The rich formatter would print local variables, and with them names and secrets.
    show = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if stream.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            show,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
