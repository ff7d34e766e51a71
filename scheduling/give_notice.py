"""Notice given and consent to be recorded: two records, since consent in detention may not be free."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import FieldRefused
from scheduling.gather import gather, gather_for_host
from scheduling.identifier import new_id
from scheduling.interview import RecordingRefusal, recording_refusal
from scheduling.store_places import load_centre, load_profile
from scheduling.trail import record_act, tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Which text was read, in which language, by whom and when."""

    id: str
    interview_id: str
    text_version: str
    language: str
    text_sha256: str | None
    read_by: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The person's answer to being recorded; a later one replaces it and leaves it standing."""

    id: str
    interview_id: str
    agrees: bool
    heard_by: str
    answered_at: datetime


async def give_notice(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    language: str,
    text_version: str,
    text_sha256: str | None = None,
) -> Notice:
    """Record that the host had the notice read to the person.

    Without a digest it was said aloud in that language from a text of another one.
    """
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    if not language.strip():
        raise FieldRefused("language", "needed")
    notice = Notice(
        id=new_id(),
        interview_id=interview_id,
        text_version=text_version,
        language=language.strip(),
        text_sha256=text_sha256,
        read_by=actor.account_id,
        given_at=clock(),
    )
    await store.add(session, tables.notices, notice)
    await record_act(session, clock, actor, "notice", noun="interview", noun_id=interview_id)
    await tell(session, "interview:notice", {"interview_id": interview_id}, at=notice.given_at)
    return notice


async def record_consent(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, agrees: bool
) -> Consent:
    """Record the person's answer as the host heard it."""
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    consent = Consent(
        id=new_id(),
        interview_id=interview_id,
        agrees=agrees,
        heard_by=actor.account_id,
        answered_at=clock(),
    )
    await store.add(session, tables.consents, consent)
    await record_act(session, clock, actor, "consent", noun="interview", noun_id=interview_id)
    await tell(session, "interview:consent", {"interview_id": interview_id}, at=consent.answered_at)
    return consent


async def why_not_recorded(session: AsyncConnection, *, interview_id: str) -> RecordingRefusal | None:
    """Return why nothing of an interview may be recorded at present, or None when it may."""
    found = await gather(session, interview_id)
    centre = await load_centre(session, found.case.centre_id)
    profile = await load_profile(session, found.case.country, centre.country)
    return recording_refusal(
        found.interview,
        notice_given=await notice_was_given(session, interview_id),
        consents=await newest_consent(session, interview_id),
        post_accepts=profile.accepts_recording,
    )


async def notice_was_given(session: AsyncConnection, interview_id: str) -> bool:
    """Tell whether a notice was read."""
    statement = select(tables.notices.c.id).where(tables.notices.c.interview_id == interview_id).limit(1)
    return (await session.execute(statement)).first() is not None


async def newest_consent(session: AsyncConnection, interview_id: str) -> bool | None:
    """Return the person's newest answer, or None when nobody asked."""
    table = tables.consents
    statement = (
        select(table.c.agrees)
        .where(table.c.interview_id == interview_id)
        .order_by(table.c.answered_at.desc(), table.c.agrees)
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none()
