"""Work that goes on while the application runs: what it has begun is not cut off when it ends."""

import asyncio

from server.keeping import kept


async def test_what_has_begun_may_end_and_nothing_new_begins() -> None:
    turn, begun, may_end = asyncio.Lock(), asyncio.Event(), asyncio.Event()
    turns: list[str] = []

    async def work() -> None:
        while True:
            async with turn:
                turns.append("begun")
                begun.set()
                await may_end.wait()
                turns.append("ended")

    async with kept(work(), turn):
        await begun.wait()
        asyncio.get_running_loop().call_soon(may_end.set)
    assert turns == ["begun", "ended"]
