"""Concluding the outcome of an identification, or a newer version of it: an act of the post's officer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_texts as texts
from recordings.custody import CustodyAct
from recordings.evidence import Evidence
from recordings.interview_facts import InterviewFacts
from recordings.outcome import Outcome, OutcomeValue, Proposal, Rule, TravelDocumentAnswer, Verdict, judge
from recordings.read_minutes_back import closing_by
from recordings.refusals import (
    InterviewNotOver,
    NotYoursToDo,
    OutcomeNotAdmissible,
    OutcomeSuperseded,
    TranscriptAwaited,
)
from recordings.store_drafts import drop_draft
from recordings.store_evidence import evidence_of, note_custody
from recordings.store_facts import facts_for, hold
from recordings.store_outcome import add_outcome, is_unsealed, outcomes_of
from recordings.wording import tidy
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.trail import record_act, remember, tell


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer fills in; `supersedes` is the version that this one replaces, if any."""

    value: OutcomeValue
    evidence_ids: tuple[str, ...]
    reasons: str
    travel_document: TravelDocumentAnswer
    presumed_country: str | None = None
    back_on: date | None = None
    supersedes: int | None = None


async def consider(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, wish: Wish
) -> Verdict:
    """Say how the rules answer a wish, and change nothing: what the rule panel shows."""
    facts = await _over(session, actor, interview_id)
    return _judged(facts, await evidence_of(session, None, interview_id), wish, clock)


async def foresee(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, wish: Wish
) -> Verdict:
    """Say how the rules would answer a wish as it stands; before the end, how it ends is left out."""
    facts = await facts_of_post(session, actor, interview_id)
    verdict = _judged(facts, await evidence_of(session, None, interview_id), wish, clock)
    if facts.ended_at is not None:
        return verdict
    findings = tuple(each for each in verdict.findings if each.rule is not Rule.ENDING_FITS)
    return replace(verdict, findings=findings)


async def conclude(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    *,
    interview_id: str,
    wish: Wish,
) -> Outcome:
    """Conclude; the transcript is then made by `seal`, in this transaction or a later one.

    Raises `NotForYou`, `NotYoursToDo`, `InterviewNotOver`, `OutcomeSuperseded` (somebody was faster),
    `TranscriptAwaited`, `OutcomeNotAdmissible` (with the verdict). Open minutes are closed as they stand.
    """
    await hold(session, interview_id)
    facts = await _over(session, actor, interview_id)
    version = await _next_version(session, interview_id, wish)
    items = await evidence_of(session, None, interview_id)
    verdict = _judged(facts, items, wish, clock)
    if not verdict.is_admissible:
        raise OutcomeNotAdmissible(verdict)
    now = clock()
    outcome = Outcome(
        id=new_id(),
        interview_id=interview_id,
        version=version,
        value=wish.value,
        travel_document=wish.travel_document,
        presumed_country=wish.presumed_country,
        back_on=wish.back_on,
        evidence_ids=tuple(dict.fromkeys(wish.evidence_ids)),
        concluded_at=now,
        concluded_by=actor.account_id,
        post_id=facts.post.id,
    )
    key = await texts.key_for_writing(session, secret, interview_id, now)
    if await texts.closing_of(session, interview_id) is None:
        await texts.close(session, interview_id, await closing_by(session, actor, interview_id, now))
    await add_outcome(session, key, outcome, tidy(wish.reasons))
    await drop_draft(session, interview_id)
    await _leave_traces(session, clock, actor, outcome)
    return outcome


async def facts_of_post(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts:
    """Give an interview to the officers who may conclude it; raises `NotForYou`, `NotYoursToDo`."""
    facts = await facts_for(session, actor, interview_id)
    if not actor.answers_for(facts.post.id):
        raise NotYoursToDo("outcome", interview_id)
    return facts


async def _over(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts:
    facts = await facts_of_post(session, actor, interview_id)
    if facts.ended_at is None:
        raise InterviewNotOver(interview_id)
    return facts


async def _next_version(session: AsyncConnection, interview_id: str, wish: Wish) -> int:
    versions = await outcomes_of(session, interview_id)
    latest = versions[-1].version if versions else 0
    if latest != (wish.supersedes or 0):
        raise OutcomeSuperseded(interview_id, latest)
    if await is_unsealed(session, interview_id):
        raise TranscriptAwaited(interview_id, latest)
    return latest + 1


def _judged(facts: InterviewFacts, items: Sequence[Evidence], wish: Wish, clock: Clock) -> Verdict:
    known = {item.id: item for item in items}
    proposal = Proposal(
        value=wish.value,
        cited=tuple(known[item] for item in wish.evidence_ids if item in known),
        reasons=wish.reasons,
        travel_document=wish.travel_document,
        presumed_country=wish.presumed_country,
        back_on=wish.back_on,
        unknown_ids=tuple(item for item in wish.evidence_ids if item not in known),
    )
    return judge(
        proposal, ending=facts.ending, post_country=facts.post.country, today=facts.today_at_post(clock())
    )


async def _leave_traces(session: AsyncConnection, clock: Clock, actor: Actor, outcome: Outcome) -> None:
    """Write custody of what is cited, history, audit, and a word for those who wait for the outcome."""
    for item in outcome.evidence_ids:
        await note_custody(
            session, clock, actor, CustodyAct.CITED, interview_id=outcome.interview_id, subject_id=item
        )
    await remember(session, "outcome:concluded", outcome, by=actor, at=outcome.concluded_at)
    await record_act(
        session,
        clock,
        actor,
        "outcome:concluded",
        noun="interview",
        noun_id=outcome.interview_id,
        detail=outcome.value,
    )
    payload: dict[str, str | int] = {"interview_id": outcome.interview_id, "version": outcome.version}
    await tell(session, "outcome:concluded", payload, at=outcome.concluded_at)
