"""Starting, pausing, resuming and stopping a recording: acts of the people in the room, or of the house."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_recording as store
from recordings.interview_facts import InterviewFacts
from recordings.recording import Recording, RecordingState
from recordings.refusals import ConsultationRuns, NotYoursToDo, RecordingRefused
from recordings.store_facts import facts_for, hold, load_facts
from scheduling.actor import Actor
from scheduling.booking import Modality
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.trail import record_act


class Run(StrEnum):
    """What can be asked of a recording."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


STATE_AFTER = {
    Run.START: RecordingState.RECORDING,
    Run.PAUSE: RecordingState.PAUSED,
    Run.RESUME: RecordingState.RECORDING,
    Run.STOP: RecordingState.FINISHED,
}
CONSULTATION = "consultation"
"""Why a recording was paused that goes on by itself once the consultation has ended."""
KEEPS_MEDIA = frozenset({Run.START, Run.RESUME})


async def capture(
    session: AsyncConnection, clock: Clock, actor: Actor, interview_id: str, *, run: Run
) -> Recording:
    """Run, pause, resume or stop the recording for the host or the officer.

    Raises `NotForYou`, `NotYoursToDo`, `RecordingRefused` (notice, consent, post, no running interview),
    `ConsultationRuns` and `RecordingCannotMove`. Consent is asked again at every resume: it may have been
    taken back.
    """
    await hold(session, interview_id)
    facts = await facts_for(session, actor, interview_id)
    if not (actor.hosts_at(facts.centre.id) or actor.answers_for(facts.post.id)):
        raise NotYoursToDo("record", interview_id)
    if not Modality(facts.modality).uses_line:
        raise NotForYou("interview", interview_id)
    return await _move(session, clock, actor, facts, run)


async def resume_after_failure(session: AsyncConnection, clock: Clock, interview_id: str) -> Recording:
    """Let the house continue a failed recording on a new media node; the same refusals hold."""
    await hold(session, interview_id)
    facts = await load_facts(session, interview_id)
    if facts is None:
        raise NotForYou("interview", interview_id)
    return await _move(session, clock, None, facts, Run.RESUME)


async def pause_for_consultation(
    session: AsyncConnection, clock: Clock, interview_id: str
) -> Recording | None:
    """Pause a running recording because a private consultation begins; any other stays as it is."""
    await hold(session, interview_id)
    recording = await store.recording_of(session, interview_id)
    if recording is None or recording.state is not RecordingState.RECORDING:
        return None
    return await _move_by_itself(
        session, clock, recording, RecordingState.PAUSED, act="pause", reason=CONSULTATION
    )


async def resume_after_consultation(
    session: AsyncConnection, clock: Clock, interview_id: str
) -> Recording | None:
    """Let a recording go on that a consultation alone had paused, if nothing else forbids it by now."""
    await hold(session, interview_id)
    facts = await load_facts(session, interview_id)
    recording = await store.recording_of(session, interview_id)
    if facts is None or recording is None or recording.state is not RecordingState.PAUSED:
        return None
    last = (await store.changes_of(session, recording.id))[-1]
    if last.reason != CONSULTATION or facts.recording_refusal is not None:
        return None
    return await _move(session, clock, None, facts, Run.RESUME)


async def finish_recording(
    session: AsyncConnection, clock: Clock, interview_id: str, *, reason: str = ""
) -> Recording | None:
    """Finish it when its interview ends or consent is taken back; with none, or twice, do nothing."""
    await hold(session, interview_id)
    recording = await store.recording_of(session, interview_id)
    if recording is None or recording.state in {RecordingState.OFF, RecordingState.FINISHED}:
        return recording
    return await _move_by_itself(
        session, clock, recording, RecordingState.FINISHED, act="finished", reason=reason
    )


async def _move_by_itself(
    session: AsyncConnection, clock: Clock, recording: Recording, to: RecordingState, *, act: str, reason: str
) -> Recording:
    """Move a recording as the house, for a reason of its own."""
    moved, change = recording.moved_to(to, clock(), reason=reason)
    await store.save_recording(session, moved, change)
    whose = {"noun": "interview", "noun_id": recording.interview_id}
    await record_act(session, clock, None, f"recording:{act}", **whose, detail=reason)
    return moved


async def _move(
    session: AsyncConnection, clock: Clock, actor: Actor | None, facts: InterviewFacts, run: Run
) -> Recording:
    refusal = facts.recording_refusal
    if run in KEEPS_MEDIA and refusal is not None:
        raise RecordingRefused(facts.id, refusal)
    if run in KEEPS_MEDIA and facts.consultation is not None:
        raise ConsultationRuns(facts.id)
    recording = await store.recording_of(session, facts.id)
    if recording is None:
        recording = Recording(id=new_id(), interview_id=facts.id)
        await store.add_recording(session, recording)
    moved, change = recording.moved_to(
        STATE_AFTER[run], clock(), actor_id=actor.account_id if actor else None
    )
    await store.save_recording(session, moved, change)
    await record_act(session, clock, actor, f"recording:{run}", noun="interview", noun_id=facts.id)
    return moved
