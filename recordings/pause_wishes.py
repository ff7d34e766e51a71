"""Who asked the host for a pause, and what came of it: read from what happened in the room."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.interview_facts import InterviewFacts
from recordings.recording import RecordingState
from recordings.store_facts import happened_in
from recordings.store_recording import changes_of, recording_of
from scheduling.pause_wish import PauseWish, pause_wishes


async def wishes_of(session: AsyncConnection, facts: InterviewFacts) -> tuple[PauseWish, ...]:
    """Give the newest wish of each who asked; a consultation or a pause of the recording grants it."""
    recording = await recording_of(session, facts.id)
    changes = await changes_of(session, recording.id) if recording else ()
    pauses = [each.at for each in changes if each.state is RecordingState.PAUSED]
    pauses += [each.started_at for each in facts.consultations]
    return pause_wishes(await happened_in(session, facts), pauses)
