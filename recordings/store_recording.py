"""Statements on recordings, their changes and their parts."""

from dataclasses import asdict

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.recording import Change, Part, PartState, Recording, RecordingState
from recordings.tables import parts, recording_changes, recordings


async def recording_of(session: AsyncConnection, interview_id: str) -> Recording | None:
    """Give the recording of an interview, if one was ever begun."""
    statement = select(recordings).where(recordings.c.interview_id == interview_id)
    row = (await session.execute(statement)).mappings().one_or_none()
    return Recording(**{**row, "state": RecordingState(row["state"])}) if row else None


async def recording_named(session: AsyncConnection, recording_id: str) -> Recording | None:
    """Give a recording by its identifier."""
    statement = select(recordings).where(recordings.c.id == recording_id)
    row = (await session.execute(statement)).mappings().one_or_none()
    return Recording(**{**row, "state": RecordingState(row["state"])}) if row else None


async def add_recording(session: AsyncConnection, recording: Recording) -> None:
    """Insert a recording; a second one of the same interview violates the table's uniqueness."""
    await session.execute(insert(recordings).values(asdict(recording)))


async def save_recording(session: AsyncConnection, recording: Recording, change: Change) -> None:
    """Write a recording's new state and the change that led to it."""
    values = {"state": recording.state, "started_at": recording.started_at, "ended_at": recording.ended_at}
    await session.execute(update(recordings).where(recordings.c.id == recording.id).values(values))
    count = len(await changes_of(session, recording.id))
    row = {"recording_id": recording.id, "position": count + 1, **asdict(change)}
    await session.execute(insert(recording_changes).values(row))


async def changes_of(session: AsyncConnection, recording_id: str) -> tuple[Change, ...]:
    """Give every state that a recording was in, in order."""
    statement = (
        select(*recording_changes.c["state", "at", "actor_id", "reason"])
        .where(recording_changes.c.recording_id == recording_id)
        .order_by(recording_changes.c.position)
    )
    rows = (await session.execute(statement)).mappings()
    return tuple(Change(**{**row, "state": RecordingState(row["state"])}) for row in rows)


async def add_part(session: AsyncConnection, part: Part) -> None:
    """Insert a part."""
    await session.execute(insert(parts).values(asdict(part)))


async def save_part(session: AsyncConnection, part: Part) -> None:
    """Write all that is known of a part."""
    await session.execute(update(parts).where(parts.c.id == part.id).values(asdict(part)))


async def part_named(session: AsyncConnection, part_id: str) -> Part | None:
    """Give one part."""
    row = (await session.execute(select(parts).where(parts.c.id == part_id))).mappings().one_or_none()
    return Part(**{**row, "state": PartState(row["state"])}) if row else None


async def parts_of(session: AsyncConnection, recording_id: str) -> tuple[Part, ...]:
    """Give the parts of a recording by their beginning."""
    statement = select(parts).where(parts.c.recording_id == recording_id)
    rows = (await session.execute(statement.order_by(parts.c.started_at, parts.c.id))).mappings()
    return tuple(Part(**{**row, "state": PartState(row["state"])}) for row in rows)


async def open_parts(session: AsyncConnection) -> tuple[Part, ...]:
    """Give every part of the house that is still being written, or was when the power went."""
    statement = select(parts).where(parts.c.state == PartState.OPEN).order_by(parts.c.started_at, parts.c.id)
    rows = (await session.execute(statement)).mappings()
    return tuple(Part(**{**row, "state": PartState(row["state"])}) for row in rows)
