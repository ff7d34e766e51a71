"""Concluding an outcome and superseding it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from recordings import store_outcome
from recordings import tables as records
from recordings.conclude import consider
from recordings.evidence import EvidenceKind
from recordings.outcome import OutcomeValue, Rule, TravelDocumentAnswer
from recordings.queries import latest_outcomes, outcome_page
from recordings.refusals import (
    InterviewNotOver,
    NotYoursToDo,
    OutcomeNotAdmissible,
    OutcomeSuperseded,
    TranscriptAwaited,
)
from recordings.working_copy import new_working_key
from scheduling import tables
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.interview import Ending
from tests.support.records_acts import REASONS, concluded, ongoing, say, sealed, show, wish
from tests.support.records_people import World


async def over(world: World, ending: Ending = Ending.NORMAL) -> None:
    await world.begin()
    await world.end(ending)


async def test_an_officer_concludes_after_the_end(world: World) -> None:
    await world.begin()
    card = await show(world)
    await world.end()
    outcome = await concluded(world, wish(card))
    assert (outcome.version, outcome.evidence_ids) == (1, (card.id,))
    assert (outcome.concluded_by, outcome.post_id) == (world.officer_id, world.post_id)
    assert await world.custody_acts(card.id) == ["taken", "cited"]


async def test_reasons_lie_on_the_disk_as_ciphertext_and_in_no_history(world: World) -> None:
    await world.begin()
    card = await show(world)
    await world.end()
    await concluded(world, wish(card))
    assert REASONS.encode() not in world.bytes_on_disk()
    (entry,) = await world.rows(tables.history)
    assert "reasons" not in entry["copy"]
    (told,) = await world.rows(tables.outbox)
    assert told["payload"] == {"interview_id": world.interview_id, "version": 1}


async def test_a_broken_rule_changes_nothing_and_says_which(world: World) -> None:
    await over(world)
    with pytest.raises(OutcomeNotAdmissible) as refused:
        await concluded(world, wish())
    assert [finding.rule for finding in refused.value.verdict.broken] == [Rule.RESTS_ON_EVIDENCE]
    assert await world.rows(records.outcomes) == []


async def test_the_panel_shows_the_same_verdict_without_concluding(world: World) -> None:
    await world.begin()
    statement = await show(world, EvidenceKind.PERSON_STATEMENT)
    await world.end()
    async with world.session() as session:
        verdict = await consider(
            session, world.clock, world.officer, interview_id=world.interview_id, wish=wish(statement)
        )
    assert not verdict.is_admissible
    assert (verdict.weight.prima_facie, verdict.weight.prima_facie_beyond_word) == (1, 0)
    assert await world.rows(records.outcomes) == []


async def test_evidence_of_nowhere_cannot_be_cited(world: World) -> None:
    await world.begin()
    card = await show(world)
    await world.end()
    with pytest.raises(OutcomeNotAdmissible) as refused:
        await concluded(world, replace(wish(card), evidence_ids=(card.id, new_id())))
    assert [finding.rule for finding in refused.value.verdict.broken] == [Rule.EVIDENCE_IS_KNOWN]


async def test_today_is_the_posts_own_day(world: World) -> None:
    await world.change(tables.organisations, world.post_id, zone="Pacific/Auckland")
    world.clock.advance(seconds=3600 * 4)  # Tuesday at the post, Monday still in UTC
    await over(world)
    tomorrow_in_utc = world.clock().date() + timedelta(days=1)
    with pytest.raises(OutcomeNotAdmissible):
        await concluded(world, ongoing(tomorrow_in_utc))
    await concluded(world, ongoing(tomorrow_in_utc + timedelta(days=1)))


async def test_nothing_is_concluded_while_the_interview_runs(world: World) -> None:
    await world.begin()
    with pytest.raises(InterviewNotOver):
        await concluded(world, wish(await show(world)))


@pytest.mark.parametrize("who", ["host", "supervisor"])
async def test_only_the_post_concludes(world: World, who: str) -> None:
    await over(world)
    with pytest.raises(NotYoursToDo):
        await concluded(world, wish(), getattr(world, who))


@pytest.mark.parametrize("who", ["foreign_officer", "foreign_host", "administrator"])
async def test_strangers_conclude_nothing_and_see_nothing(world: World, who: str) -> None:
    await over(world)
    actor = getattr(world, who)
    with pytest.raises(NotForYou):
        await concluded(world, wish(), actor)
    async with world.session() as session:
        assert await outcome_page(session, actor, world.secret, world.interview_id) is None


@pytest.mark.parametrize("ending", [Ending.PROTECTION_STOP, Ending.NORMAL])
async def test_nothing_is_concluded_once_a_protection_claim_is_open(world: World, ending: Ending) -> None:
    await over(world, ending)
    await world.change(tables.cases, world.case_id, protection_open=True)
    with pytest.raises(NotForYou):
        await concluded(world, wish())
    async with world.session() as session:
        assert await outcome_page(session, world.officer, world.secret, world.interview_id) is None


async def test_a_stop_stays_closed_to_the_post_when_the_claim_is_over(world: World) -> None:
    await over(world, Ending.PROTECTION_STOP)
    with pytest.raises(NotForYou):
        await concluded(world, wish())


async def test_no_finding_follows_a_refusal_to_speak(world: World) -> None:
    await over(world, Ending.PERSON_REFUSED)
    none = wish(value=OutcomeValue.NO_FINDING, travel_document=TravelDocumentAnswer.NO)
    assert (await concluded(world, none)).value is OutcomeValue.NO_FINDING


async def test_an_interview_that_never_began_can_end_without_finding(world: World) -> None:
    await world.end(Ending.PERSON_ABSENT)
    none = wish(value=OutcomeValue.NO_FINDING, travel_document=TravelDocumentAnswer.NO)
    assert (await concluded(world, none)).version == 1


async def test_open_minutes_are_closed_as_not_read_back(world: World) -> None:
    await world.begin()
    await say(world)
    card = await show(world)
    await world.end()
    await concluded(world, wish(card))
    (row,) = await world.rows(records.working_copies)
    assert (row["minutes_closed_at"], row["minutes_read_back"]) == (world.clock(), False)


async def test_an_outcome_is_superseded_by_the_next_version_and_stays(world: World) -> None:
    await over(world)
    later = world.clock().date() + timedelta(days=30)
    await concluded(world, ongoing(later))
    await sealed(world)
    card = await show(world)
    await concluded(world, wish(card, supersedes=1))
    rows = sorted(await world.rows(records.outcomes), key=lambda row: row["version"])
    assert [row["value"] for row in rows] == ["verification_ongoing", "nationality_confirmed"]
    async with world.session() as session:
        latest = await latest_outcomes(session, world.officer, [world.interview_id])
    assert latest[world.interview_id].version == 2


@pytest.mark.parametrize("supersedes", [None, 2, 7])
async def test_only_the_latest_version_can_be_superseded(world: World, supersedes: int | None) -> None:
    await over(world)
    await concluded(world, ongoing(world.clock().date() + timedelta(days=30)))
    await sealed(world)
    card = await show(world)
    with pytest.raises(OutcomeSuperseded) as refused:
        await concluded(world, wish(card, supersedes=supersedes))
    assert refused.value.latest_version == 1


async def test_a_first_outcome_supersedes_nothing(world: World) -> None:
    await over(world)
    with pytest.raises(OutcomeSuperseded):
        await concluded(world, ongoing(world.clock().date() + timedelta(days=3), supersedes=1))


async def test_the_next_version_waits_for_the_transcript_of_the_last(world: World) -> None:
    await over(world)
    back_on = world.clock().date() + timedelta(days=30)
    await concluded(world, ongoing(back_on))
    with pytest.raises(TranscriptAwaited):
        await concluded(world, ongoing(back_on, supersedes=1))


async def test_two_outcomes_of_one_version_are_refused_by_the_database(world: World) -> None:
    await over(world)
    outcome = await concluded(world, ongoing(world.clock().date() + timedelta(days=30)))
    twin = replace(outcome, id=new_id())
    with pytest.raises(IntegrityError):
        async with world.session() as session:
            await store_outcome.add_outcome(session, new_working_key(), twin, "x")


async def test_the_page_of_the_outcome_shows_evidence_and_its_weight(world: World) -> None:
    await world.begin()
    card = await show(world)
    await world.end()
    async with world.session() as session:
        page = await outcome_page(session, world.officer, world.secret, world.interview_id)
    assert page is not None
    assert (page.evidence, page.weight.proof, page.latest) == ((card,), 1, None)
    assert not page.is_awaiting_transcript
