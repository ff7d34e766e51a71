"""The facts of an interview that the recordings room reasons with."""

from dataclasses import replace
from datetime import timedelta

from recordings.interview_facts import Attendant, InterviewFacts
from recordings.recording import Span
from recordings.store_facts import load_facts
from scheduling.identifier import new_id
from tests.support.clock import NOON
from tests.support.records_people import World

END = NOON + timedelta(minutes=30)
PRESENT = Attendant("seat", "detainee", "attended", NOON, NOON - timedelta(minutes=5), None, 0)


async def facts_of(world: World) -> InterviewFacts:
    async with world.session() as session:
        facts = await load_facts(session, world.interview_id)
    assert facts is not None
    return facts


async def test_the_clock_of_an_interview_begins_with_it(world: World) -> None:
    before = await facts_of(world)
    assert before.at_ms(NOON) is None
    assert before.zero_at == before.starts_at
    world.clock.advance(minutes=3)
    await world.begin()
    running = await facts_of(world)
    assert running.at_ms(world.clock() + timedelta(milliseconds=1500)) == 1500
    assert running.at_ms(NOON) is None
    assert running.zero_at == world.clock()


async def test_without_a_profile_nothing_is_refused_by_the_country(world: World) -> None:
    facts = await facts_of(world)
    assert (facts.accepts_recording, facts.moved_classes) == (True, {})


async def test_every_notice_and_answer_is_known_oldest_first_and_the_newest_counts(world: World) -> None:
    await world.begin()
    for agrees in (False, None, True):
        await world.give_notice(agrees=agrees)
        world.clock.advance(minutes=1)
    facts = await facts_of(world)
    assert [round(notice.given_at.timestamp() - NOON.timestamp()) for notice in facts.notices] == [0, 60, 120]
    assert [consent.agrees for consent in facts.consents] == [False, True]
    assert (facts.notice, facts.consent) == (facts.notices[-1], facts.consents[-1])


async def test_an_unknown_interview_has_no_facts(world: World) -> None:
    async with world.session() as session:
        assert await load_facts(session, new_id()) is None


def test_presence_counts_from_admission_to_the_end() -> None:
    assert PRESENT.present_until(END) == (Span(NOON, END),)
    left = replace(PRESENT, left_at=NOON + timedelta(minutes=9))
    assert left.present_until(END) == (Span(NOON, NOON + timedelta(minutes=9)),)


def test_whoever_was_never_admitted_or_came_too_late_was_not_present() -> None:
    assert replace(PRESENT, admitted_at=None).present_until(END) == ()
    assert replace(PRESENT, joined_at=None).present_until(END) == ()
    assert replace(PRESENT, admitted_at=END).present_until(END) == ()
