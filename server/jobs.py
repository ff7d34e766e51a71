"""What the house does by itself: requests expire and are chased, reminders are told, mails leave and fade.

Whether anything waits is asked of all of them in one statement, after every change and every few seconds.
Each step is a short transaction of its own, and any number of web processes may take the same step at once:
rows are locked or skipped, and keys refuse what somebody else did already.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.clock import Clock
from scheduling.due import Due
from scheduling.errors import SchedulingError
from scheduling.expire import CHASES, EXPIRES, chase, expire, to_chase, to_expire
from scheduling.remind import REMINDS, remind
from server.app_keys import CLOCK, LANGUAGES, READING, SECRETS, SETTINGS, TEMPLATES, WRITING
from server.errors import DatabaseAway
from server.keeping import kept, woken
from server.logs import log
from server.mails.deliver import DELIVERS, Delivery
from server.mails.dispatch import DISPATCHES, Dispatch
from server.mails.letter import Stationery
from server.mails.overtaken import PUTS_ASIDE, put_aside
from server.mails.purge import PURGES, purge

AGAIN_SECONDS = 15.0
Verb = Callable[[AsyncConnection, Clock], Awaitable[Any]]
Found = Callable[[AsyncConnection, Clock], Awaitable[list[str]]]
VerbOfOne = Callable[[AsyncConnection, Clock, str], Awaitable[Any]]
Act = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    due: Due
    act: Act


class Jobs:
    """Does what is due, now and every few seconds."""

    def __init__(self, app: web.Application) -> None:
        settings = app[SETTINGS]
        self._clock = app[CLOCK]
        self._reading, self._writing = app[READING], app[WRITING]
        stationery = Stationery(app[TEMPLATES], settings.url, settings.mail_from)
        guest_key = app[SECRETS].guest
        dispatch = Dispatch(self._writing, self._clock, app[LANGUAGES], stationery, guest_key)
        self._delivery = Delivery(self._writing, self._clock, settings, guest_key)
        self._jobs = (
            _Job("expire", EXPIRES, self._one_by_one("expire", to_expire, expire)),
            _Job("chase", CHASES, self._one_by_one("chase", to_chase, chase)),
            _Job("remind", REMINDS, self._in_transaction(remind)),
            _Job("dispatch", DISPATCHES, dispatch.run),
            _Job("put_aside", PUTS_ASIDE, self._in_transaction(put_aside)),
            *([_Job("deliver", DELIVERS, self._delivery.run)] if settings.smtp else []),
            _Job("purge", PURGES, self._in_transaction(purge)),
        )
        self._question = select(*(job.due.is_waiting.label(job.name) for job in self._jobs))
        self.turn = asyncio.Lock()
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Look at once for what is due."""
        self._wanted.set()

    async def run(self) -> None:
        """Do everything that is due, once; what fails waits for the next turn and stops nothing else.

        What one job did may be work for all after it.
        """
        async with self.turn:
            waiting: set[str] = set()
            await self._step("ask", lambda: self._ask(waiting))
            if self._delivery.has_to_note:
                waiting.add("deliver")
            is_busy = False
            for job in self._jobs:
                is_busy = is_busy or job.name in waiting
                if is_busy:
                    await self._step(job.name, job.act)

    async def keep(self) -> None:
        """Run, now and every few seconds or when woken, until cancelled."""
        while True:
            self._wanted.clear()
            await self.run()
            await woken(self._wanted, AGAIN_SECONDS)

    async def _ask(self, waiting: set[str]) -> None:
        """Find out which jobs have anything to do."""
        now = self._clock()
        asked = {name: at for job in self._jobs for name, at in job.due.moments(now).items()}
        async with self._reading.connect() as session:
            answers = (await session.execute(self._question, asked)).mappings().one()
        waiting.update(name for name, waits in answers.items() if waits)

    def _in_transaction(self, verb: Verb) -> Act:
        async def act() -> None:
            async with self._writing.begin() as session:
                await verb(session, self._clock)

        return act

    def _one_by_one(self, job: str, find: Found, verb: VerbOfOne) -> Act:
        """Act on each thing that is due in a transaction of its own; what fails stops no other."""

        async def act() -> None:
            async with self._reading.connect() as session:
                found = await find(session, self._clock)
            for noun_id in found:
                try:
                    async with self._writing.begin() as session:
                        await verb(session, self._clock, noun_id)
                except DatabaseAway:
                    raise
                except Exception as problem:  # noqa: BLE001 - one bad thing must not hold up the others
                    log.warning("job:skipped", job=job, noun_id=noun_id, why=type(problem).__name__)

        return act

    async def _step(self, job: str, act: Act) -> None:
        try:
            await act()
        except (DatabaseAway, SQLAlchemyError, SchedulingError, OSError) as problem:
            log.info("job:postponed", job=job, why=type(problem).__name__)
        except Exception:  # noqa: BLE001 - the other jobs go on, whatever it is
            log.exception("job:failed", job=job)


JOBS = web.AppKey("jobs", Jobs)


async def running(app: web.Application) -> AsyncIterator[None]:
    """Run the jobs while the application runs."""
    app[JOBS] = Jobs(app)
    async with kept(app[JOBS].keep(), app[JOBS].turn):
        yield


@web.middleware
async def wake_after_change(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Wake the jobs after every change that was kept, since it may have told something."""
    response = await handler(request)
    if request.method == "POST" and response.status < web.HTTPBadRequest.status_code:
        request.app[JOBS].wake()
    return response
