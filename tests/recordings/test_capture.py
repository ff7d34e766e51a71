"""Who may record, when, and what the node's reports become."""

import pytest

from recordings import tables as records
from recordings.capture import Run, capture, finish_recording, resume_after_failure
from recordings.receive_media import (
    Leftover,
    PartReport,
    mark_interrupted,
    part_finished,
    part_started,
    recording_failed,
)
from recordings.recording import PartState, Recording, RecordingState
from recordings.refusals import NotYoursToDo, RecordingCannotMove, RecordingRefused
from recordings.store_recording import recording_of
from scheduling import tables
from scheduling.actor import Actor
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.interview import RecordingRefusal
from tests.support.records_people import World


async def run(world: World, order: Run, actor: Actor | None = None) -> Recording:
    async with world.session() as session:
        return await capture(session, world.clock, actor or world.host, world.interview_id, run=order)


async def kept(world: World) -> Recording | None:
    async with world.session() as session:
        return await recording_of(session, world.interview_id)


async def ready(world: World) -> None:
    await world.begin()
    await world.give_notice()


def report(world: World, recording: Recording, part_id: str) -> PartReport:
    started_at = world.clock()
    return PartReport(
        part_id=part_id,
        recording_id=recording.id,
        participant_id=world.detainee_seat_id,
        started_at=started_at,
        ended_at=world.clock.advance(seconds=30),
        duration_ms=30_000,
        video_frames=750,
        audio_frames=1500,
        width=640,
        height=480,
        size_bytes=123_456,
        body_sha256="ab" * 32,
    )


async def begun_part(world: World, recording: Recording) -> str:
    part_id = new_id()
    async with world.session() as session:
        await part_started(
            session,
            part_id=part_id,
            recording_id=recording.id,
            participant_id=world.detainee_seat_id,
            at=world.clock(),
        )
    return part_id


async def refusal(world: World) -> RecordingRefusal:
    with pytest.raises(RecordingRefused) as refused:
        await run(world, Run.START)
    assert await kept(world) is None
    return refused.value.reason


async def test_host_and_officer_may_record(world: World) -> None:
    await ready(world)
    assert (await run(world, Run.START, world.host)).state is RecordingState.RECORDING
    assert (await run(world, Run.PAUSE, world.officer)).state is RecordingState.PAUSED
    assert (await run(world, Run.RESUME, world.officer)).state is RecordingState.RECORDING
    assert (await run(world, Run.STOP, world.host)).state is RecordingState.FINISHED
    acts = [act for act, _ in await world.audited()]
    assert sorted(acts) == ["recording:pause", "recording:resume", "recording:start", "recording:stop"]


async def test_nothing_is_recorded_before_the_interview_begins(world: World) -> None:
    await world.give_notice()
    assert await refusal(world) is RecordingRefusal.NOT_RUNNING


async def test_nothing_is_recorded_without_notice(world: World) -> None:
    await world.begin()
    assert await refusal(world) is RecordingRefusal.NO_NOTICE


@pytest.mark.parametrize("agrees", [False, None])
async def test_nothing_is_recorded_without_the_persons_yes(world: World, agrees: bool | None) -> None:
    await world.begin()
    await world.give_notice(agrees=agrees)
    assert await refusal(world) is RecordingRefusal.NO_CONSENT


async def test_nothing_is_recorded_where_the_post_refuses(world: World) -> None:
    await ready(world)
    await world.set_profile(accepts_recording=False)
    assert await refusal(world) is RecordingRefusal.DECLINED_BY_POST


async def test_nothing_is_recorded_after_the_end(world: World) -> None:
    await ready(world)
    await world.end()
    assert await refusal(world) is RecordingRefusal.NOT_RUNNING


async def test_the_newest_answer_counts_when_recording_goes_on(world: World) -> None:
    await ready(world)
    await run(world, Run.START)
    await run(world, Run.PAUSE)
    world.clock.advance(seconds=5)
    await world.give_notice(agrees=False)
    with pytest.raises(RecordingRefused):
        await run(world, Run.RESUME)
    assert (await run(world, Run.STOP)).state is RecordingState.FINISHED


async def test_a_pause_is_possible_whatever_the_consent(world: World) -> None:
    await ready(world)
    await run(world, Run.START)
    world.clock.advance(seconds=5)
    await world.give_notice(agrees=False)
    assert (await run(world, Run.PAUSE)).state is RecordingState.PAUSED


@pytest.mark.parametrize("who", ["foreign_officer", "foreign_host", "administrator"])
async def test_for_strangers_there_is_no_interview(world: World, who: str) -> None:
    await ready(world)
    with pytest.raises(NotForYou):
        await run(world, Run.START, getattr(world, who))


async def test_a_supervisor_looks_and_does_not_record(world: World) -> None:
    await ready(world)
    with pytest.raises(NotYoursToDo):
        await run(world, Run.START, world.supervisor)


async def test_an_officer_reaches_nothing_once_a_protection_claim_is_open(world: World) -> None:
    await ready(world)
    await world.change(tables.cases, world.case_id, protection_open=True)
    with pytest.raises(NotForYou):
        await run(world, Run.START, world.officer)


@pytest.mark.parametrize("order", [Run.PAUSE, Run.STOP])
async def test_what_never_began_cannot_pause_or_stop(world: World, order: Run) -> None:
    await ready(world)
    with pytest.raises(RecordingCannotMove):
        await run(world, order)


async def test_a_stopped_recording_stays_stopped(world: World) -> None:
    await ready(world)
    await run(world, Run.START)
    await run(world, Run.STOP)
    with pytest.raises(RecordingCannotMove):
        await run(world, Run.START)


async def test_the_house_finishes_a_recording_once(world: World) -> None:
    await ready(world)
    async with world.session() as session:
        assert await finish_recording(session, world.clock, world.interview_id) is None
    await run(world, Run.START)
    for _ in range(2):
        async with world.session() as session:
            done = await finish_recording(session, world.clock, world.interview_id, reason="ended")
        assert done is not None
        assert done.state is RecordingState.FINISHED
    assert len(await world.rows(records.recording_changes)) == 2


async def test_a_finished_part_has_a_sealed_file_with_its_first_link(world: World) -> None:
    await ready(world)
    recording = await run(world, Run.START)
    part_id = await begun_part(world, recording)
    sent = report(world, recording, part_id)
    for _ in range(2):  # told twice, it stands once
        async with world.session() as session:
            assert (await part_finished(session, world.clock, sent)).state is PartState.FINISHED
    (file,) = await world.rows(records.sealed_files)
    assert (file["id"], file["kind"], file["size_bytes"], file["is_whole"]) == (
        part_id,
        "media",
        123_456,
        True,
    )
    assert await world.custody_acts(part_id) == ["sealed"]


async def test_a_part_whose_beginning_was_never_told_is_kept_too(world: World) -> None:
    await ready(world)
    recording = await run(world, Run.START)
    sent = report(world, recording, new_id())
    async with world.session() as session:
        part = await part_finished(session, world.clock, sent)
    assert part.duration_ms == 30_000


async def test_a_part_of_an_unknown_recording_is_refused(world: World) -> None:
    with pytest.raises(NotForYou):
        async with world.session() as session:
            await part_started(
                session,
                part_id=new_id(),
                recording_id=new_id(),
                participant_id=world.detainee_seat_id,
                at=world.clock(),
            )


async def test_a_failure_is_noted_once_with_its_reason(world: World) -> None:
    await ready(world)
    recording = await run(world, Run.START)
    for _ in range(2):
        async with world.session() as session:
            failed = await recording_failed(
                session, world.clock, recording_id=recording.id, at=world.clock(), reason="disk full"
            )
        assert failed.state is RecordingState.FAILED
    reasons = [row["reason"] for row in await world.rows(records.recording_changes)]
    assert reasons == ["", "disk full"]


async def test_parts_left_open_by_a_crash_are_cut_where_they_are_known_durable(world: World) -> None:
    await ready(world)
    recording = await run(world, Run.START)
    known, unknown = await begun_part(world, recording), await begun_part(world, recording)
    durable_at = world.clock.advance(seconds=12)
    world.clock.advance(seconds=60)
    async with world.session() as session:
        cut = await mark_interrupted(session, world.clock, {known: Leftover(durable_at, 999, "cd" * 32)})
    lengths = {part.id: part.duration_ms for part in cut}
    assert lengths == {known: 12_000, unknown: 0}
    (file,) = await world.rows(records.sealed_files)
    assert (file["id"], file["is_whole"]) == (known, False)
    found = await kept(world)
    assert found is not None
    assert found.state is RecordingState.FAILED


async def test_a_crash_of_one_room_leaves_the_parts_of_others(world: World) -> None:
    await ready(world)
    await begun_part(world, await run(world, Run.START))
    async with world.session() as session:
        assert await mark_interrupted(session, world.clock, {}, interviews={new_id()}) == ()


async def test_the_house_resumes_a_failed_recording_under_the_same_rules(world: World) -> None:
    await ready(world)
    await begun_part(world, await run(world, Run.START))
    async with world.session() as session:
        await mark_interrupted(session, world.clock, {})
        resumed = await resume_after_failure(session, world.clock, world.interview_id)
    assert resumed.state is RecordingState.RECORDING


async def test_the_house_does_not_resume_against_the_persons_will(world: World) -> None:
    await ready(world)
    await begun_part(world, await run(world, Run.START))
    async with world.session() as session:
        await mark_interrupted(session, world.clock, {})
    world.clock.advance(seconds=1)
    await world.give_notice(agrees=False)
    with pytest.raises(RecordingRefused):
        async with world.session() as session:
            await resume_after_failure(session, world.clock, world.interview_id)


async def test_the_house_resumes_no_unknown_interview(world: World) -> None:
    with pytest.raises(NotForYou):
        async with world.session() as session:
            await resume_after_failure(session, world.clock, new_id())
