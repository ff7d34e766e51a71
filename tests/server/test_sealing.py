"""Sealing by the house: at once after a conclusion, later where it had to wait, and for what a stop left."""

import asyncio

import pytest

from recordings import tables as records
from recordings.errors import DiskFull
from recordings.sealed_file import SealedFolder
from scheduling.identifier import new_id
from server.keeping import kept
from server.sealing import SEALING, Sealing
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONCLUSION = {"value": "inconclusive", "travel_document": "no", "reasons": "Rien de tangible."}


async def files(world: World, interview: str) -> int:
    return len(await world.rows(records.sealed_files, interview_id=last_of(interview)))


async def test_a_full_disk_postpones_the_sealing_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = await world.ended()

    def full(_folder: SealedFolder, file_id: str, _content: bytes) -> None:
        raise DiskFull(world.house.settings.data / file_id)

    with monkeypatch.context() as broken:
        broken.setattr(SealedFolder, "seal", full)
        page = await world.officer.post(f"{interview}/outcome", CONCLUSION)
    assert page.location == interview
    (copy,) = await world.rows(records.working_copies, interview_id=last_of(interview))
    assert copy["wrapped_key"] is not None
    assert await files(world, interview) == 0
    assert await world.house.app[SEALING].seal(last_of(interview))
    assert await files(world, interview) == 4


async def test_sealing_twice_at_once_seals_once(world: World) -> None:
    interview = await world.ended()
    page = await world.officer.post(f"{interview}/outcome", CONCLUSION)
    assert page.location == interview
    again = await asyncio.gather(*(world.house.app[SEALING].seal(last_of(interview)) for _ in range(2)))
    assert again == [False, False]
    assert await files(world, interview) == 4


async def test_nothing_is_sealed_of_what_is_not_there(world: World) -> None:
    assert not await world.house.app[SEALING].seal(new_id())
    assert not await world.house.app[SEALING].seal(last_of(await world.running()))


async def test_the_house_seals_by_itself_what_a_stop_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await world.case()
    interview = await world.running(case)
    await world.say(interview, "Je suis né à Labé.")
    await world.staff.post(f"{case}/protection", {"open": "yes"})
    keeper, done = Sealing(world.house.app), asyncio.Event()

    async def seal_and_tell(interview_id: str) -> bool:
        is_sealed = await Sealing.seal(keeper, interview_id)
        if interview_id == last_of(interview):
            done.set()
        return is_sealed

    monkeypatch.setattr(keeper, "seal", seal_and_tell)
    async with asyncio.timeout(5), kept(keeper.keep(), keeper.turn):
        await done.wait()
    assert await files(world, interview) == 4
    (copy,) = await world.rows(records.working_copies, interview_id=last_of(interview))
    assert copy["wrapped_key"] is None
