"""Drafting the outcome during the interview: saved sealed, by the post's officers alone."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_texts as texts
from recordings.conclude import facts_of_post
from recordings.kept_now import check_kept_now
from recordings.outcome_draft import DraftFields, OutcomeDraft
from recordings.refusals import DraftChanged, InterviewNotRunning, OutcomeStands
from recordings.store_drafts import draft_of, keep_draft
from recordings.store_facts import hold
from recordings.store_outcome import outcomes_of
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.trail import record_act


async def draft_outcome(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    *,
    interview_id: str,
    fields: DraftFields,
    after: int,
) -> OutcomeDraft:
    """Save the draft as the version that follows `after`, from the beginning of the interview to its outcome.

    Raises `NotForYou`, `NotYoursToDo`, `InterviewNotRunning`, `OutcomeStands`, `NothingKeptInPause`,
    `ConsultationRuns`, and `DraftChanged` when somebody saved another version meanwhile, which then stands.
    """
    await hold(session, interview_id)
    facts = await facts_of_post(session, actor, interview_id)
    if facts.started_at is None:
        raise InterviewNotRunning(interview_id)
    if await outcomes_of(session, interview_id):
        raise OutcomeStands(interview_id)
    await check_kept_now(session, facts)
    key = await texts.key_for_writing(session, secret, interview_id, clock())
    before = await draft_of(session, key, interview_id)
    if (before.version if before else 0) != after:
        raise DraftChanged(interview_id)
    if before is not None and before.fields == fields:
        return before
    draft = OutcomeDraft(interview_id, after + 1, fields, clock(), actor.account_id)
    await keep_draft(session, key, draft)
    await record_act(session, clock, actor, "outcome:drafted", noun="interview", noun_id=interview_id)
    return draft


async def draft_for(
    session: AsyncConnection, actor: Actor, secret: MasterSecret, interview_id: str
) -> OutcomeDraft | None:
    """Give the draft to those who may conclude; raises `NotForYou` and `NotYoursToDo` to all others."""
    await facts_of_post(session, actor, interview_id)
    key = await texts.key_of(session, secret, interview_id)
    return await draft_of(session, key, interview_id) if key else None
