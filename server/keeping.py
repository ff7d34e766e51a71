"""Work that goes on while the application runs, and ends with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any

AGAIN_SECONDS = 1.0
PATIENCE_SECONDS = 5.0


@contextlib.asynccontextmanager
async def kept(work: Coroutine[Any, Any, None], turn: asyncio.Lock) -> AsyncIterator[None]:
    """Run `work` beside the body and cancel it after; what it failed with is raised then.

    What it does under `turn` may end first: a transaction that is cut off midway keeps its locks, and whoever
    must write something down before the end would wait for them.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await turn.acquire()
        while not task.done():  # a library on the way may swallow a cancellation: ask again
            task.cancel()
            await asyncio.wait({task}, timeout=AGAIN_SECONDS)
        with contextlib.suppress(asyncio.CancelledError):
            task.result()


async def woken(event: asyncio.Event, seconds: float) -> None:
    """Wait until `event` is set, at most so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
