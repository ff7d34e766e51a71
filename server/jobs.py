"""What the house does by itself: requests expire and are chased, reminders are told, mails leave and fade.

Each step is a short transaction of its own, and any number of web processes may take the same step at once:
rows are locked or skipped, and keys refuse what somebody else did already.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.clock import Clock
from scheduling.errors import SchedulingError
from scheduling.expire import chase, expire, to_chase, to_expire
from scheduling.remind import remind
from server.app_keys import CLOCK, LANGUAGES, READING, SECRETS, SETTINGS, TEMPLATES, WRITING
from server.errors import DatabaseAway
from server.keeping import kept, woken
from server.logs import log
from server.mails.deliver import Delivery
from server.mails.dispatch import Dispatch
from server.mails.letter import Stationery
from server.mails.overtaken import put_aside
from server.mails.purge import purge

AGAIN_SECONDS = 15.0
Verb = Callable[[AsyncConnection, Clock], Awaitable[Any]]
Due = Callable[[AsyncConnection, Clock], Awaitable[list[str]]]
VerbOfOne = Callable[[AsyncConnection, Clock, str], Awaitable[Any]]


class Jobs:
    """Does what is due, now and every few seconds."""

    def __init__(self, app: web.Application) -> None:
        settings = app[SETTINGS]
        self._clock = app[CLOCK]
        self._reading, self._writing = app[READING], app[WRITING]
        stationery = Stationery(app[TEMPLATES], settings.url, settings.mail_from)
        guest_key = app[SECRETS].guest
        self._dispatch = Dispatch(self._writing, self._clock, app[LANGUAGES], stationery, guest_key)
        self._delivery = Delivery(self._writing, self._clock, settings, guest_key)
        self._turn = asyncio.Lock()
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Look at once for what is due."""
        self._wanted.set()

    async def run(self) -> None:
        """Do everything that is due, once; what fails waits for the next turn and stops nothing else."""
        async with self._turn:
            await self._step("expire", self._one_by_one("expire", to_expire, expire))
            await self._step("chase", self._one_by_one("chase", to_chase, chase))
            await self._step("remind", self._in_transaction(remind))
            await self._step("dispatch", self._dispatch.run)
            await self._step("put_aside", self._in_transaction(put_aside))
            await self._step("deliver", self._delivery.run)
            await self._step("purge", self._in_transaction(purge))

    async def keep(self) -> None:
        """Run, now and every few seconds or when woken, until cancelled."""
        while True:
            self._wanted.clear()
            await self.run()
            await woken(self._wanted, AGAIN_SECONDS)

    def _in_transaction(self, verb: Verb) -> Callable[[], Awaitable[Any]]:
        async def act() -> None:
            async with self._writing.begin() as session:
                await verb(session, self._clock)

        return act

    def _one_by_one(self, job: str, due: Due, verb: VerbOfOne) -> Callable[[], Awaitable[Any]]:
        """Act on each thing that is due in a transaction of its own; what fails stops no other."""

        async def act() -> None:
            async with self._reading.connect() as session:
                found = await due(session, self._clock)
            for noun_id in found:
                try:
                    async with self._writing.begin() as session:
                        await verb(session, self._clock, noun_id)
                except DatabaseAway:
                    raise
                except Exception as problem:  # noqa: BLE001 - one bad thing must not hold up the others
                    log.warning("job:skipped", job=job, noun_id=noun_id, why=type(problem).__name__)

        return act

    async def _step(self, job: str, act: Callable[[], Awaitable[Any]]) -> None:
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
    async with kept(app[JOBS].keep()):
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
