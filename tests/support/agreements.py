"""What tests of requests and changes share: wishes, outbox events, what is held, and interpreters."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, store_places, tables
from scheduling.availability import WeeklyHours
from scheduling.case import USUAL_DISCLOSURE, Case
from scheduling.clock import Clock
from scheduling.interpreter import Interpreter
from scheduling.post import Post
from scheduling.request import Requested, request_interview
from scheduling.site import Room
from tests.support.people import BRUSSELS_POST, CENTRES, VISIO_1, WEEKDAYS, staff_of

PULAR = "fuf"


async def ask_ranked(
    session: AsyncConnection,
    clock: Clock,
    case: Case,
    *starts: datetime,
    post: Post = BRUSSELS_POST,
    room: Room = VISIO_1,
    **more: Any,
) -> Requested:
    """Send a request with several wishes in one room, the dearest first."""
    centre = next(each for each in CENTRES if each.id == room.centre_id)
    return await request_interview(
        session,
        clock,
        staff_of(centre),
        case_id=case.id,
        post_id=post.id,
        slots=[(room.id, starts_at) for starts_at in starts],
        disclosed=USUAL_DISCLOSURE,
        **more,
    )


async def told(session: AsyncConnection, event: str) -> list[dict[str, Any]]:
    """Return the payloads of every event of a kind, in order."""
    o = tables.outbox
    statement = select(o.c.payload).where(o.c.event == event).order_by(o.c.position)
    return list((await session.execute(statement)).scalars())


async def held(session: AsyncConnection, *resources: str) -> int:
    """Return how many five minutes are held, of some resources or of all."""
    q = tables.quanta
    statement = select(func.count()).select_from(q)
    if resources:
        statement = statement.where(q.c.resource.in_(resources))
    return int((await session.execute(statement)).scalar_one())


async def an_interpreter(
    session: AsyncConnection,
    name: str,
    *,
    opens: int = 8,
    closes: int = 18,
    languages: Sequence[str] = (PULAR,),
) -> Interpreter:
    """Insert an interpreter of the Belgian centres with hours from Monday to Friday."""
    interpreter = Interpreter(
        id=f"interpreter{name.lower():0<15}"[:26],
        country="BE",
        name=name,
        languages=tuple(languages),
        zone="Europe/Brussels",
        email=f"{name.lower()}@example.org",
    )
    await store_places.add_interpreter(session, interpreter)
    hours = WeeklyHours(WEEKDAYS, date(2024, 1, 1), time(opens), time(closes), interpreter.zone)
    await store_hours.add_hours(session, interpreter.id, hours)
    return interpreter
