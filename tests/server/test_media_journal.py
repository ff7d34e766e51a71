"""What the media node reports reaches the database, and what a fresh node must know is read from it."""

import asyncio
import os
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from recordings.continuity import continuity_of
from recordings.recording import PartState, RecordingState
from recordings.store_texts import key_of
from recordings.tables import continuity, parts, recordings
from recordings.working_copy import MasterSecret
from scheduling.booking import Status
from scheduling.participant import ParticipantRole
from scheduling.tables import bookings, participants
from server.app_keys import SECRETS, WRITING
from server.media_journal import DatabaseJournal
from tests.support.interview import Meeting, meeting_in
from tests.support.web import House, journal_of

OFFICER, PERSON = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.DETAINEE


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


@pytest.fixture
def journal(house: House) -> DatabaseJournal:
    return journal_of(house)


async def recording_in(house: House, meeting: Meeting) -> str:
    """Begin the interview and its recording."""
    await meeting.officer_waits(house)
    for rest, fields in (
        ("admit", {"participant_id": meeting.seats[OFFICER]}),
        ("notice", {"language": "fr", "consent": "yes"}),
        ("recording", {"run": "start"}),
    ):
        assert (await meeting.host.ask_json("POST", meeting.path(rest), fields)).status == 200
    async with house.transaction() as session:
        return str(await session.scalar(select(recordings.c.id)))


def part_of(meeting: Meeting, house: House, recording_id: str) -> dict[str, object]:
    return {
        "is": "part_started",
        "room": meeting.id,
        "recording": recording_id,
        "part": "apart1",
        "participant": meeting.seats[PERSON],
        "at": house.clock().isoformat(),
    }


async def test_media_that_comes_up_and_goes_is_attendance(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    event = {"room": meeting.id, "participant": meeting.seats[OFFICER], "peer": "p"}
    presence = select(participants.c.is_present).where(participants.c.id == meeting.seats[OFFICER])
    for kind, expected in (("connected", True), ("disconnected", False)):
        await journal.take({"is": kind, **event})
        async with house.transaction() as session:
            assert await session.scalar(presence) is expected


async def test_an_unknown_event_is_no_trouble(journal: DatabaseJournal, meeting: Meeting) -> None:
    await journal.take({"is": "closed", "room": meeting.id})


async def test_a_part_is_written_down_with_its_figures(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    started = part_of(meeting, house, await recording_in(house, meeting))
    await journal.take(started)
    facts = {"duration_ms": 4000, "video_frames": 100, "audio_frames": 200, "width": 1280, "height": 720}
    times = {"started_at": started["at"], "ended_at": (house.clock() + timedelta(seconds=4)).isoformat()}
    sealed = {"bytes": 9000, "body_sha256": "00" * 32}
    await journal.take({**started, "is": "part_finished", **facts, **times, **sealed})
    async with house.transaction() as session:
        part = (await session.execute(select(parts))).one()
    assert (part.state, part.duration_ms, part.width) == (PartState.FINISHED, 4000, 1280)


async def test_a_writer_that_fails_fails_the_recording(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    recording_id = await recording_in(house, meeting)
    event = {
        "is": "recording",
        "room": meeting.id,
        "recording": recording_id,
        "at": house.clock().isoformat(),
    }
    await journal.take({**event, "state": "failed", "reason": "disk_full"})
    async with house.transaction() as session:
        assert await session.scalar(select(recordings.c.state)) == RecordingState.FAILED
    assert (await journal.standing(meeting.id)).runs == ()


async def test_a_lost_node_interrupts_its_parts_where_the_disk_ends_and_the_recording_goes_on(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    recording_id = await recording_in(house, meeting)
    await journal.take(part_of(meeting, house, recording_id))
    folder = house.settings.data / "recordings" / meeting.id
    folder.mkdir(parents=True)
    body = folder / "apart1.body"
    body.write_bytes(b"sealed")
    cut_at = (house.clock() + timedelta(seconds=3)).timestamp()
    os.utime(body, (cut_at, cut_at))
    await journal.node_lost()
    async with house.transaction() as session:
        part = (await session.execute(select(parts))).one()
        state = await session.scalar(select(recordings.c.state))
    assert (part.state, state) == (PartState.INTERRUPTED, RecordingState.FAILED)
    assert part.ended_at > part.started_at
    standings = await asyncio.gather(*(journal.standing(meeting.id) for _ in range(4)))
    assert [(one.recording_id, one.runs) for one in standings] == [(recording_id, ("start",))] * 4


async def test_a_lost_node_leaves_nobody_connected(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    await journal.take(
        {"is": "connected", "room": meeting.id, "participant": meeting.seats[PERSON], "peer": "p"}
    )
    await journal.node_lost()
    async with house.transaction() as session:
        present = select(participants.c.id).where(participants.c.is_present)
        assert (await session.execute(present)).all() == []


async def test_a_room_stands_with_those_who_were_admitted(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    await recording_in(house, meeting)
    standing = await journal.standing(meeting.id)
    assert meeting.seats[OFFICER] in standing.admitted
    await meeting.host.ask_json("POST", meeting.path("recording"), {"run": "pause"})
    assert (await journal.standing(meeting.id)).runs == ("start", "pause")
    await meeting.host.ask_json("POST", meeting.path("end"), {"ending": "normal"})
    assert (await journal.standing(meeting.id)).is_over


async def test_a_room_whose_booking_was_given_up_is_over(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    assert not (await journal.standing(meeting.id)).is_over
    async with house.transaction() as session:
        await session.execute(update(bookings).values(status=Status.CANCELLED))
    assert (await journal.standing(meeting.id)).is_over


async def test_how_the_lines_were_is_kept_under_the_working_key(
    house: House, meeting: Meeting, journal: DatabaseJournal
) -> None:
    await recording_in(house, meeting)
    house.clock.advance(seconds=10)
    people = [{"participant": meeting.seats[PERSON], "line_seconds": 10}]
    event = {"is": "continuity", "room": meeting.id, "at": house.clock().isoformat(), "seconds": 10}
    await journal.take({**event, "people": people})
    async with house.app[WRITING].connect() as session:
        key = await key_of(session, MasterSecret(house.app[SECRETS].working_copy), meeting.id)
        (window,) = await continuity_of(session, key, meeting.id)
        content = await session.scalar(select(continuity.c.content))
    assert window["people"] == people
    assert content is not None
    assert meeting.seats[PERSON].encode() not in content
