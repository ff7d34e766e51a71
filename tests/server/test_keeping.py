"""Work beside the application ends with it, whatever it is doing then."""

import asyncio

import pytest

from server import keeping
from server.keeping import kept, woken

FOR_EVER = 3600


async def test_who_is_woken_and_cancelled_at_once_ends() -> None:
    event, rounds = asyncio.Event(), 0

    async def work() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await woken(event, FOR_EVER)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    event.set()
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()
    assert rounds == 1


async def test_nobody_wakes_and_the_time_passes() -> None:
    await woken(asyncio.Event(), 0.001)


async def test_work_that_swallows_a_cancellation_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "AGAIN_SECONDS", 0.001)
    swallowed = 0

    async def work() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await asyncio.sleep(FOR_EVER)
            except asyncio.CancelledError:
                swallowed += 1

    async with asyncio.timeout(5), kept(work(), asyncio.Lock()):
        await asyncio.sleep(0)
    assert swallowed == 2


async def test_what_the_work_failed_with_is_told_at_the_end() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        async with kept(work(), asyncio.Lock()):
            await asyncio.sleep(0)


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


async def test_what_never_ends_is_cut_off_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PATIENCE_SECONDS", 0.001)
    turn, begun = asyncio.Lock(), asyncio.Event()

    async def work() -> None:
        async with turn:
            begun.set()
            await asyncio.sleep(FOR_EVER)

    async with asyncio.timeout(5), kept(work(), turn):
        await begun.wait()
    assert not turn.locked()
