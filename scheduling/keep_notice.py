"""Writing the notice in a further language: each change is a new version beside those before it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_notices
from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.notice_text import SECTIONS, NoticeText, faults_of
from scheduling.trail import record_act


async def keep_notice(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    language: str,
    sections: Sequence[str],
    not_recorded: str,
) -> NoticeText:
    """Write a version as an administrator; words that stand already make none. It is read from then on."""
    if actor.role is not Role.ADMINISTRATOR:
        raise NotForYou("notice", language)
    if len(sections) != SECTIONS:
        raise FieldRefused("sections", "needed")
    for field, rule in faults_of(sections, not_recorded):
        raise FieldRefused(field, rule)
    before = await store_notices.newest_text(session, language)
    if before is not None and before.says(sections, not_recorded):
        return before
    text = NoticeText(
        language=language,
        number=before.number + 1 if before else 1,
        sections=tuple(sections),
        not_recorded=not_recorded,
        written_by=actor.account_id,
        written_at=clock(),
    )
    await store_notices.add_text(session, text)
    await record_act(session, clock, actor, "keep_notice", noun="notice", noun_id=f"{language}-{text.number}")
    return text
