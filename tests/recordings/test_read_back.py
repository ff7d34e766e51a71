"""Minutes are read back before the interview ends, or it stands why not; corrections stand beside them."""

import json
from typing import Any

import pytest
from sqlalchemy import insert

from recordings import tables as records
from recordings.capture import Run, capture
from recordings.end_interview import end_interview
from recordings.minutes import StatementKind
from recordings.read_back import REASONS, REPLIES, ReadBackResult, reason_of
from recordings.refusals import (
    ConsultationRuns,
    InterviewNotRunning,
    MinutesClosed,
    NothingToReadBack,
    NotReadBack,
    NotYoursToDo,
    ReplyDoesNotFit,
)
from recordings.store_read_backs import read_backs_of
from scheduling import tables
from scheduling.consult import begin_consultation
from scheduling.errors import FieldRefused, NotForYou
from scheduling.identifier import new_id
from scheduling.interview import Ending
from tests.support.records_acts import (
    ANSWER,
    CORRECTION,
    close,
    concluded,
    correct,
    read_back,
    recorded,
    say,
    sealed,
    wish,
)
from tests.support.records_people import World

CONFIRMED, CORRECTED = ReadBackResult.CONFIRMED, ReadBackResult.CORRECTED
UNDECIDED = {"value": "inconclusive", "travel_document": "no"}


async def end(
    world: World, ending: Ending = Ending.NORMAL, unread: ReadBackResult | None = None, *, by: Any = None
) -> None:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        await end_interview(
            session,
            world.clock,
            by or world.host,
            interview_id=world.interview_id,
            ending=ending,
            unread=unread,
        )


async def results(world: World) -> list[ReadBackResult]:
    async with world.session() as session:
        return [each.result for each in await read_backs_of(session, world.interview_id)]


async def transcript_of(world: World) -> Any:
    await concluded(world, wish(**UNDECIDED))
    (file,) = [each for each in await sealed(world) if (each.kind, each.media_type) == WHOLE]
    return json.loads(world.opened(file.id))


WHOLE = ("transcript", "application/json")


@pytest.fixture
async def held(world: World) -> World:
    await world.change(tables.bookings, world.booking_id, status="in_progress")
    await world.begin()
    await world.give_notice()
    return world


async def test_it_stands_who_had_them_read_when_how_and_what_the_person_said(held: World) -> None:
    interpreter = {"id": new_id(), "interview_id": held.interview_id, "role": "interpreter"}
    async with held.session() as session:
        await session.execute(insert(tables.participants).values(admitted_at=held.clock(), **interpreter))
        await capture(session, held.clock, held.host, held.interview_id, run=Run.START)
    await say(held)
    read = await read_back(held, interpreter_id=interpreter["id"])
    assert (read.result, read.marked_by, read.interpreter_id) == (
        CONFIRMED,
        held.officer_id,
        interpreter["id"],
    )
    assert (read.at, read.at_ms, read.was_recorded, read.language) == (held.clock(), 2000, True, "ful")
    async with held.session() as session:
        assert await read_backs_of(session, held.interview_id) == (read,)


async def test_an_interview_with_unread_minutes_ends_only_with_a_reason(held: World) -> None:
    await say(held)
    with pytest.raises(NotReadBack):
        await end(held)
    for no_reason in (*REPLIES, ReadBackResult.NO_MINUTES):
        with pytest.raises(NotReadBack):
            await end(held, unread=no_reason)
    (row,) = await held.rows(tables.interviews)
    assert row["ended_at"] is None
    await end(held, unread=ReadBackResult.PERSON_REFUSED)
    assert await results(held) == [ReadBackResult.PERSON_REFUSED]


async def test_once_read_back_it_ends_without_a_reason(held: World) -> None:
    await say(held)
    await read_back(held)
    await end(held)
    assert await results(held) == [CONFIRMED]


async def test_a_line_noted_after_the_reading_is_read_too_or_a_reason_stands(held: World) -> None:
    first = await say(held)
    await say(held)
    await read_back(held, through=first.position)
    with pytest.raises(NotReadBack):
        await end(held)
    await end(held, unread=ReadBackResult.BROKEN_OFF)
    assert await results(held) == [CONFIRMED, ReadBackResult.BROKEN_OFF]
    document = await transcript_of(held)
    assert [line["was_read_back"] for line in document["minutes"]["statements"]] == [True, False]
    assert document["minutes"]["was_read_back"] is False


async def test_without_minutes_the_house_says_so_itself(held: World) -> None:
    await end(held)
    assert await results(held) == [ReadBackResult.NO_MINUTES]


@pytest.mark.parametrize("ending", [each for each in Ending if each is not Ending.NORMAL])
async def test_every_other_ending_brings_its_reason(ending: Ending) -> None:
    assert reason_of(ending) in {*REASONS, ReadBackResult.NOT_READ}


@pytest.mark.parametrize("ending", [each for each in Ending if each is not Ending.NORMAL])
async def test_no_ending_says_for_the_person_that_they_refused_to_hear_the_minutes(ending: Ending) -> None:
    assert reason_of(ending) is not ReadBackResult.PERSON_REFUSED


async def test_who_refused_to_speak_has_not_refused_to_hear_the_minutes(held: World) -> None:
    await say(held)
    await end(held, Ending.PERSON_REFUSED)
    assert await results(held) == [ReadBackResult.NOT_READ]


async def test_that_the_person_refused_to_hear_them_stands_where_it_is_said(held: World) -> None:
    await say(held)
    await end(held, Ending.PERSON_REFUSED, unread=ReadBackResult.PERSON_REFUSED)
    assert await results(held) == [ReadBackResult.PERSON_REFUSED]


async def test_an_interview_that_is_cut_ends_at_once(held: World) -> None:
    await say(held)
    await end(held, Ending.TECHNICAL_FAILURE)
    assert await results(held) == [ReadBackResult.LINE_LOST]


async def test_a_correction_stands_beside_the_line_and_never_over_it(held: World) -> None:
    line = await say(held)
    beside = await correct(held, line)
    assert CORRECTION.encode() not in held.bytes_on_disk()
    await read_back(held, CORRECTED)
    await end(held)
    document = await transcript_of(held)
    assert [(one["text"], one["corrects"]) for one in document["minutes"]["statements"]] == [
        (ANSWER, None),
        (CORRECTION, line.id),
    ]
    assert document["minutes"]["was_read_back"] is True
    with pytest.raises(MinutesClosed):
        await correct(held, beside)


async def test_what_the_person_said_fits_what_is_noted(held: World) -> None:
    line = await say(held)
    with pytest.raises(ReplyDoesNotFit):
        await read_back(held, CORRECTED)
    await correct(held, line)
    for reply in (CONFIRMED, ReadBackResult.LINE_LOST):
        with pytest.raises(ReplyDoesNotFit):
            await read_back(held, reply)
    await read_back(held, CORRECTED)
    with pytest.raises(NothingToReadBack):
        await read_back(held, CORRECTED)


async def test_only_a_line_of_the_officers_in_the_same_interview_is_corrected(held: World) -> None:
    beside = await correct(held, await say(held))
    with pytest.raises(NotForYou):
        await correct(held, beside)
    async with held.session() as session:
        await session.execute(records.minutes.update().values(kind=StatementKind.MESSAGE))
    with pytest.raises(NotForYou):
        await correct(held, beside)


async def test_only_the_officer_reads_back_and_only_while_the_person_is_there(held: World) -> None:
    line = await say(held)
    with pytest.raises(NotYoursToDo):
        await read_back(held, actor=held.host)
    with pytest.raises(NotForYou):
        await read_back(held, actor=held.foreign_officer)
    with pytest.raises(FieldRefused):
        await read_back(held, interpreter_id=held.host_seat_id)
    await end(held, Ending.TECHNICAL_FAILURE)
    with pytest.raises(InterviewNotRunning):
        await read_back(held)
    with pytest.raises(InterviewNotRunning):
        await correct(held, line)
    await close(held)
    with pytest.raises(MinutesClosed):
        await read_back(held)


async def test_nothing_is_read_back_in_a_private_consultation(held: World) -> None:
    await say(held)
    async with held.session() as session:
        await begin_consultation(session, held.clock, held.host, interview_id=held.interview_id, chosen=[])
    with pytest.raises(ConsultationRuns):
        await read_back(held)


async def test_transcript_and_timeline_tell_of_it_and_of_what_came_late(held: World) -> None:
    part = await recorded(held, seconds=30)
    async with held.session() as session:
        at = held.clock()
        change = records.parts.update().where(records.parts.c.id == part)
        await session.execute(change.values(ended_at=at.replace(minute=at.minute + 5)))
    await say(held)
    await read_back(held)
    await end(held)
    await say(held, "Ajouté le soir.", StatementKind.REMARK)
    document = await transcript_of(held)
    (read,) = document["minutes"]["read_backs"]
    assert (read["result"], read["language"], read["at_ms"], read["was_recorded"]) == (
        "confirmed",
        "ful",
        32_000,
        True,
    )
    assert read["found_in"] == [{"part": part, "in_part_ms": 32_000}]
    assert (32_000, "minutes:confirmed") in [
        (event["at_ms"], event["what"]) for event in document["timeline"]["events"]
    ]
    assert [(one["is_late"], one["was_read_back"]) for one in document["minutes"]["statements"]] == [
        (False, True),
        (True, False),
    ]
