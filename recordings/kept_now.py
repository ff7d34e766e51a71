"""Whether anything may be kept of this moment of an interview: not in a consultation, not in a pause."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.interview_facts import InterviewFacts
from recordings.recording import RecordingState
from recordings.refusals import ConsultationRuns, NothingKeptInPause
from recordings.store_recording import recording_of


async def check_kept_now(session: AsyncConnection, facts: InterviewFacts) -> bool:
    """Raise `ConsultationRuns` or `NothingKeptInPause`, else tell whether the recording runs."""
    if facts.consultation is not None:
        raise ConsultationRuns(facts.id)
    recording = await recording_of(session, facts.id)
    if recording is not None and recording.state is RecordingState.PAUSED:
        raise NothingKeptInPause(facts.id)
    return recording is not None and recording.state is RecordingState.RECORDING
