"""Handing sealed files over, and who may know that there are any."""

import pytest

from recordings.hand_over import hand_over
from recordings.queries import latest_outcomes, recording_for, sealed_files_for
from scheduling import tables
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from tests.support.records_acts import concluded, recorded, sealed, show, wish
from tests.support.records_bytes import png
from tests.support.records_people import World, of_both_sides_alone


async def sealed_interview(world: World) -> None:
    await world.begin()
    await world.give_notice()
    await recorded(world)
    card = await show(world, picture=png())
    await world.end()
    await concluded(world, wish(card))
    await sealed(world)


async def test_a_supervisor_finds_every_file_under_a_name_that_tells_no_person(world: World) -> None:
    await sealed_interview(world)
    async with world.session() as session:
        rows = await sealed_files_for(session, world.supervisor, world.interview_id)
    assert rows is not None
    assert [row.download_name for row in rows[:2]] == [
        "K7Q-4M2-01-media.webm.age",
        "K7Q-4M2-02-evidence.png.age",
    ]
    assert sorted(row.download_name.split("-", 3)[3] for row in rows[2:]) == [
        "manifest.json.age",
        "timeline.json.age",
        "transcript.html.age",
        "transcript.json.age",
    ]


async def test_a_download_is_audited_and_joins_the_chain(world: World) -> None:
    await sealed_interview(world)
    async with world.session() as session:
        rows = await sealed_files_for(session, world.supervisor, world.interview_id)
        assert rows is not None
        file = rows[0].file
        world.clock.advance(seconds=1)
        assert await hand_over(session, world.clock, world.supervisor, file_id=file.id) == file
    assert await world.custody_acts(file.id) == ["sealed", "handed_over"]
    assert ("download", world.supervisor_id) in await world.audited()


@pytest.mark.parametrize("who", ["officer", "host", "foreign_officer", "foreign_host", "administrator"])
async def test_nobody_else_gets_or_sees_a_sealed_file(world: World, who: str) -> None:
    await sealed_interview(world)
    actor = getattr(world, who)
    async with world.session() as session:
        rows = await sealed_files_for(session, world.supervisor, world.interview_id)
        assert rows is not None
        assert await sealed_files_for(session, actor, world.interview_id) is None
    with pytest.raises(NotForYou):
        async with world.session() as session:
            await hand_over(session, world.clock, actor, file_id=rows[0].file.id)
    assert "handed_over" not in await world.custody_acts(rows[0].file.id)


async def test_an_unknown_file_is_handed_over_to_nobody(world: World) -> None:
    with pytest.raises(NotForYou):
        async with world.session() as session:
            await hand_over(session, world.clock, world.supervisor, file_id=new_id())


@of_both_sides_alone
async def test_outcome_and_recording_are_seen_by_the_two_sides_and_the_supervisor(
    world: World, who: str, sees: bool
) -> None:
    await sealed_interview(world)
    actor = getattr(world, who)
    async with world.session() as session:
        assert (world.interview_id in await latest_outcomes(session, actor, [world.interview_id])) is sees
        assert (await recording_for(session, actor, world.interview_id) is not None) is sees


@pytest.mark.parametrize("reason", ["claim", "release"])
async def test_a_post_sees_no_outcome_once_its_request_is_over_or_a_claim_is_open(
    world: World, reason: str
) -> None:
    await sealed_interview(world)
    if reason == "claim":
        await world.change(tables.cases, world.case_id, protection_open=True)
    else:
        await world.change(tables.requests, world.request_id, ended_at=world.clock())
    async with world.session() as session:
        assert await latest_outcomes(session, world.officer, [world.interview_id]) == {}
        assert await recording_for(session, world.officer, world.interview_id) is None
        assert world.interview_id in await latest_outcomes(session, world.host, [world.interview_id])
