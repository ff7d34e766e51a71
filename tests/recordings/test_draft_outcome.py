"""The draft of an outcome: who writes and reads it, that nobody overwrites another, and that it is let go."""

import pytest

from recordings import tables as records
from recordings.draft_outcome import draft_for, draft_outcome
from recordings.outcome_draft import DraftFields, OutcomeDraft
from recordings.refusals import (
    ConsultationRuns,
    DraftChanged,
    DraftTooLong,
    InterviewNotRunning,
    NotYoursToDo,
    OutcomeStands,
)
from scheduling import tables
from scheduling.actor import Actor
from scheduling.consult import begin_consultation
from scheduling.errors import NotForYou
from tests.support.records_acts import concluded, sealed, wish
from tests.support.records_people import World

REASONS = "Parle un pular du Fouta, hésite sur son école."
FIELDS = DraftFields(value="inconclusive", reasons=REASONS, evidence=("one", "two"))


async def draft(
    world: World, fields: DraftFields = FIELDS, *, after: int = 0, actor: Actor | None = None
) -> OutcomeDraft:
    world.clock.advance(seconds=1)
    async with world.session() as session:
        return await draft_outcome(
            session,
            world.clock,
            actor or world.officer,
            world.secret,
            interview_id=world.interview_id,
            fields=fields,
            after=after,
        )


async def seen(world: World, actor: Actor | None = None) -> OutcomeDraft | None:
    async with world.session() as session:
        return await draft_for(session, actor or world.officer, world.secret, world.interview_id)


async def test_what_was_filled_in_is_there_again_and_lies_sealed(world: World) -> None:
    await world.begin()
    assert await seen(world) is None
    saved = await draft(world)
    assert (saved.version, saved.fields, saved.saved_by) == (1, FIELDS, world.officer_id)
    assert await seen(world) == saved
    assert REASONS.encode() not in world.bytes_on_disk()
    assert b"inconclusive" not in world.bytes_on_disk()


async def test_who_comes_second_overwrites_nothing(world: World) -> None:
    await world.begin()
    await draft(world)
    for after in (0, 2):
        with pytest.raises(DraftChanged):
            await draft(world, DraftFields(reasons="Autre."), after=after)
    assert (await seen(world)).fields == FIELDS  # type: ignore[union-attr]
    assert (await draft(world, DraftFields(reasons="Autre."), after=1)).version == 2


async def test_the_same_again_is_no_new_version(world: World) -> None:
    await world.begin()
    assert await draft(world) == await draft(world, after=1)


async def test_nobody_but_those_who_may_conclude_reads_or_writes_it(world: World) -> None:
    await world.begin()
    await draft(world)
    for who in (world.host, world.supervisor):
        with pytest.raises(NotYoursToDo):
            await seen(world, who)
        with pytest.raises(NotYoursToDo):
            await draft(world, after=1, actor=who)
    for who in (world.foreign_officer, world.foreign_host, world.administrator):
        with pytest.raises(NotForYou):
            await seen(world, who)
    await world.change(tables.cases, world.case_id, protection_open=True)
    with pytest.raises(NotForYou):
        await seen(world)


async def test_it_is_written_from_the_beginning_till_the_outcome_and_not_in_private(world: World) -> None:
    with pytest.raises(InterviewNotRunning):
        await draft(world)
    await world.begin()
    async with world.session() as session:
        await begin_consultation(session, world.clock, world.host, interview_id=world.interview_id, chosen=[])
    with pytest.raises(ConsultationRuns):
        await draft(world)
    await world.end()
    await draft(world)
    await concluded(world, wish(value="inconclusive", travel_document="no"))
    with pytest.raises(OutcomeStands):
        await draft(world)


async def test_the_outcome_takes_its_place(world: World) -> None:
    await world.begin()
    await draft(world)
    await world.end()
    await concluded(world, wish(value="inconclusive", travel_document="no"))
    assert await world.rows(records.outcome_drafts) == []


async def test_what_a_stop_leaves_holds_no_draft(world: World) -> None:
    await world.begin()
    await draft(world)
    await world.end()
    await world.change(tables.cases, world.case_id, protection_open=True)
    await sealed(world)
    assert await world.rows(records.outcome_drafts) == []


@pytest.mark.parametrize(
    "fields",
    [{"reasons": "x" * 20_001}, {"value": "x" * 33}, {"evidence": ("x",) * 201}, {"evidence": ("x" * 33,)}],
)
def test_no_field_holds_more_than_its_form_takes(fields: dict[str, str]) -> None:
    with pytest.raises(DraftTooLong):
        DraftFields(**fields)  # type: ignore[arg-type]
