"""Handing a sealed file to a supervisor, who alone can open it: written into audit and custody first."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.custody import CustodyAct, SealedFile
from recordings.store_evidence import file_named, note_custody
from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.trail import record_act


async def hand_over(
    session: AsyncConnection, clock: Clock, actor: Actor, *, file_id: str, tail: bool = False
) -> SealedFile:
    """Note the download and say which file it is; anybody but a supervisor gets `NotForYou`.

    `tail`: not the file but what stands beside it since a crash cut it.
    """
    file = await file_named(session, file_id)
    if actor.role is not Role.SUPERVISOR or file is None:
        raise NotForYou("sealed_file", file_id)
    await note_custody(
        session,
        clock,
        actor,
        CustodyAct.HANDED_OVER,
        interview_id=file.interview_id,
        subject_id=file.id,
    )
    detail = f"{file.kind} tail" if tail else file.kind
    await record_act(session, clock, actor, "download", noun="sealed_file", noun_id=file.id, detail=detail)
    return file
