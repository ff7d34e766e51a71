"""A private consultation: nothing is kept while it runs, and that it took place is declared."""

import json
from typing import Any

import pytest
from sqlalchemy import insert

from recordings.capture import (
    Run,
    capture,
    finish_recording,
    pause_for_consultation,
    resume_after_consultation,
    resume_after_failure,
)
from recordings.receive_media import recording_failed
from recordings.recording import Recording, RecordingState
from recordings.refusals import ConsultationRuns
from recordings.store_recording import recording_of
from scheduling import tables
from scheduling.consult import begin_consultation, change_consultation, end_consultation
from scheduling.identifier import new_id
from scheduling.keep_door import lock
from tests.support.records_acts import concluded, recorded, say, sealed, show, wish
from tests.support.records_people import World


async def begin(world: World) -> None:
    """Begin a consultation as the room does: everything in one transaction."""
    async with world.session() as session:
        await begin_consultation(session, world.clock, world.host, interview_id=world.interview_id, chosen=[])
        await pause_for_consultation(session, world.clock, world.interview_id)


async def end(world: World) -> Recording | None:
    async with world.session() as session:
        await end_consultation(session, world.clock, world.host, interview_id=world.interview_id)
        return await resume_after_consultation(session, world.clock, world.interview_id)


async def run(world: World, order: Run) -> Recording:
    async with world.session() as session:
        return await capture(session, world.clock, world.officer, world.interview_id, run=order)


async def state(world: World) -> RecordingState:
    async with world.session() as session:
        recording = await recording_of(session, world.interview_id)
    assert recording is not None
    return recording.state


@pytest.fixture
async def held(world: World) -> World:
    await world.begin()
    await world.give_notice()
    return world


async def test_a_running_recording_is_paused_and_goes_on_by_itself(held: World) -> None:
    await run(held, Run.START)
    await begin(held)
    assert await state(held) is RecordingState.PAUSED
    held.clock.advance(minutes=4)
    await end(held)
    assert await state(held) is RecordingState.RECORDING


async def test_a_recording_that_somebody_had_paused_stays_paused(held: World) -> None:
    await run(held, Run.START)
    await run(held, Run.PAUSE)
    await begin(held)
    assert await end(held) is None
    assert await state(held) is RecordingState.PAUSED


async def test_a_recording_does_not_go_on_against_the_persons_word(held: World) -> None:
    await run(held, Run.START)
    await begin(held)
    held.clock.advance(seconds=5)
    await held.give_notice(agrees=False)
    assert await end(held) is None
    assert await state(held) is RecordingState.PAUSED


async def test_one_that_was_closed_meanwhile_stays_closed(held: World) -> None:
    await run(held, Run.START)
    await begin(held)
    await run(held, Run.STOP)
    assert await end(held) is None
    assert await state(held) is RecordingState.FINISHED


async def test_without_a_recording_there_is_none_to_pause(held: World) -> None:
    await begin(held)
    assert await end(held) is None


async def test_nobody_records_notes_or_takes_anything_while_it_runs(held: World) -> None:
    await run(held, Run.START)
    await begin(held)
    for act in (run(held, Run.RESUME), say(held), show(held)):
        with pytest.raises(ConsultationRuns):
            await act
    await end(held)
    await say(held)
    await show(held)


async def test_nobody_records_notes_or_takes_anything_without_a_recording_either(held: World) -> None:
    await begin(held)
    for act in (run(held, Run.START), say(held), show(held)):
        with pytest.raises(ConsultationRuns):
            await act


async def test_the_house_does_not_continue_a_failed_recording_in_it(held: World) -> None:
    recording = await run(held, Run.START)
    async with held.session() as session:
        at = held.clock()
        await recording_failed(session, held.clock, recording_id=recording.id, at=at, reason="interrupted")
    await begin(held)
    with pytest.raises(ConsultationRuns):
        async with held.session() as session:
            await resume_after_failure(session, held.clock, held.interview_id)
    assert await state(held) is RecordingState.FAILED


async def test_timeline_manifest_and_transcript_declare_it_and_not_a_gap(held: World) -> None:
    await recorded(held, seconds=30)
    await begin(held)
    held.clock.advance(seconds=120)
    await end(held)
    async with held.session() as session:
        for is_locked in (True, False):
            await lock(session, held.clock, held.host, interview_id=held.interview_id, is_locked=is_locked)
        await finish_recording(session, held.clock, held.interview_id)
    document = await transcript_of(held)
    stayed = [{"participant": held.detainee_seat_id, "role": "detainee"}]
    declared = [{"from_ms": 30_000, "to_ms": 150_000, "stayed": stayed}]
    assert document["timeline"]["consultations"] == declared
    assert document["recording"]["consultations"] == declared
    assert document["timeline"]["pauses"] == [{"from_ms": 30_000, "to_ms": 150_000}]
    assert [gap["role"] for gap in document["timeline"]["gaps"]] == ["consular_officer"]
    happened = [(event["at_ms"], event["what"]) for event in document["timeline"]["events"]]
    assert {(30_000, "consultation:started"), (150_000, "consultation:ended")} <= set(happened)
    assert {(150_000, "interview:locked"), (150_000, "interview:unlocked")} <= set(happened)


async def test_each_change_of_who_stays_is_declared_and_the_recording_stays_paused(held: World) -> None:
    lawyer = {"id": new_id(), "interview_id": held.interview_id, "role": "lawyer"}
    async with held.session() as session:
        await session.execute(insert(tables.participants).values(admitted_at=held.clock(), **lawyer))
    await run(held, Run.START)
    await begin(held)
    held.clock.advance(seconds=30)
    async with held.session() as session:
        chosen = {"interview_id": held.interview_id, "chosen": [lawyer["id"]]}
        await change_consultation(session, held.clock, held.host, **chosen)
    assert await state(held) is RecordingState.PAUSED
    held.clock.advance(seconds=30)
    await end(held)
    timeline = (await transcript_of(held))["timeline"]
    stayed = [
        (each["from_ms"], each["to_ms"], [one["role"] for one in each["stayed"]])
        for each in timeline["consultations"]
    ]
    assert stayed == [(0, 30_000, ["detainee"]), (30_000, 60_000, ["detainee", "lawyer"])]
    happened = [(each["at_ms"], each["what"]) for each in timeline["events"]]
    assert [each for each in happened if each[1].startswith("consultation")] == [
        (0, "consultation:started"),
        (30_000, "consultation:changed"),
        (60_000, "consultation:ended"),
    ]


async def test_one_that_runs_at_the_end_ends_with_the_interview(held: World) -> None:
    await begin(held)
    held.clock.advance(seconds=60)
    document = await transcript_of(held)
    (declared,) = document["timeline"]["consultations"]
    assert (declared["from_ms"], declared["to_ms"]) == (0, 60_000)


async def transcript_of(world: World) -> Any:
    await world.end()
    wanted = wish(value="inconclusive", travel_document="no")
    await concluded(world, wanted)
    (file,) = [
        file
        for file in await sealed(world)
        if (file.kind.value, file.media_type) == ("transcript", "application/json")
    ]
    return json.loads(world.opened(file.id))
