"""Requests a second of the interview list among 300 000, against the same page from rows that are kept.

One process serves on one core, a child asks from the other; the two kinds take turns in one run.
"""

import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from aiohttp import web

from scheduling.actor import Role
from scheduling.tables import accounts
from server.app_keys import WRITING
from server.cookies import LOGIN_COOKIE
from server.exchange import actor, reading
from server.pages import render
from server.permissions import Permission
from server.routes import Route
from server.views.interviews import Interviews, interview_list, read_interviews
from tests.benchmarks import crowd
from tests.support.clock import FixedClock
from tests.support.web import House, running_house

DEBIAN_PACKAGES: tuple[str, ...] = ()
SERVER_CORE, LOAD_CORE = 0, 1
ASKING, SECONDS, TURNS = 4, 4.0, 3
FROM_DATABASE, FROM_CONSTANTS = "/interviews", "/constant-interviews"
ALSO = (
    "/interviews?when=past",
    "/interviews?when=all&page=40",
    "/interviews?reference=B000700",
    "/cases",
    "/cases?page=40",
    "/cases?reference=B000700",
    "/cases?step=await_outcome",
    "/",
)

_kept: dict[Role, Interviews] = {}


async def show_constant(request: web.Request) -> web.Response:
    """Answer like `show_interviews`, from rows that were read once for each role."""
    role = actor(request).role
    if role not in _kept:
        async with reading(request) as session:
            _kept[role] = await read_interviews(request, session)
    return render(request, "interview/list.html", **interview_list(request, _kept[role]))


async def run() -> dict[str, float]:
    """Seed, serve, and return the ratio for a centre's staff; what else is worth knowing goes to stderr."""
    constant = Route("GET", FROM_CONSTANTS, "constant", show_constant, Permission.READ_BOOKINGS)
    everywhere = os.sched_getaffinity(0)
    clock = FixedClock()
    with tempfile.TemporaryDirectory(prefix="parloir-bench-") as folder:
        async with running_house(Path(folder), clock=clock, more_routes=(constant,)) as house:
            cookies = {role: (await house.sign_in_as(role)).cookie(LOGIN_COOKIE) for role in _READERS}
            await _fill(house, clock)
            os.sched_setaffinity(0, {SERVER_CORE})
            ratios = {role: await _compare(house.settings.url, role, cookies[role]) for role in _READERS}
            await _others(house.settings.url, cookies)
    os.sched_setaffinity(0, everywhere)
    return {"vs_constant": ratios[Role.CENTRE_STAFF]}


_READERS = (Role.CENTRE_STAFF, Role.CONSULAR_OFFICER, Role.SUPERVISOR)


async def _fill(house: House, clock: FixedClock) -> None:
    async with house.transaction() as session:
        rows = (await session.execute(accounts.select())).mappings().all()
    by_role = {Role(row["role"]): {**row, "account_id": row["id"]} for row in rows}
    staff, officer = by_role[Role.CENTRE_STAFF], by_role[Role.CONSULAR_OFFICER]
    began = time.perf_counter()
    await crowd.fill(house.app[WRITING], clock(), staff=staff, officer=officer)
    sys.stderr.write(f"filled in {time.perf_counter() - began:.0f} s\n")


async def _compare(url: str, role: Role, cookie: str) -> float:
    """Let the two pages take turns; the ratio of the medians."""
    rates: dict[str, list[float]] = {FROM_DATABASE: [], FROM_CONSTANTS: []}
    for path in (FROM_DATABASE, FROM_CONSTANTS) * TURNS:
        rates[path].append(await _measured(url, path, cookie))
    ours, theirs = (statistics.median(rates[path]) for path in (FROM_DATABASE, FROM_CONSTANTS))
    sys.stderr.write(
        f"{role:18} {ours:7.1f} requests/s  constants {theirs:7.1f}  ratio {ours / theirs:.3f}\n"
    )
    return ours / theirs


async def _others(url: str, cookies: dict[Role, str]) -> None:
    for role, cookie in cookies.items():
        for path in ALSO:
            answer = await _asked(url, path, cookie)
            sys.stderr.write(f"{role:18} {path:34} {answer}\n")


async def _asked(url: str, path: str, cookie: str) -> str:
    times = []
    async with aiohttp.ClientSession(url, headers={"Cookie": f"{LOGIN_COOKIE}={cookie}"}) as session:
        for _ in range(5):
            began = time.perf_counter()
            async with session.get(path) as response:
                await response.read()
                status = response.status
            times.append(time.perf_counter() - began)
    return f"{status} {1000 * statistics.median(times):7.1f} ms"


async def _measured(url: str, path: str, cookie: str) -> float:
    """Requests a second of one page, asked by a child on the other core."""
    loop = asyncio.get_running_loop()
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_ask, args=(url, path, cookie, sending))
    child.start()
    rate = await loop.run_in_executor(None, receiving.recv)
    await loop.run_in_executor(None, child.join)
    return float(rate)


def _ask(url: str, path: str, cookie: str, sending: Connection) -> None:
    os.sched_setaffinity(0, {LOAD_CORE})
    sending.send(asyncio.run(_rate(url, path, cookie)))


async def _rate(url: str, path: str, cookie: str) -> float:
    answered = 0

    async def ask(session: aiohttp.ClientSession, until: float) -> None:
        nonlocal answered
        while time.perf_counter() < until:
            async with session.get(path, allow_redirects=False) as response:
                await response.read()
                assert response.status == web.HTTPOk.status_code, response.status
            answered += 1

    async with aiohttp.ClientSession(url, headers={"Cookie": f"{LOGIN_COOKIE}={cookie}"}) as session:
        await ask(session, time.perf_counter() + 0.5)
        answered, began = 0, time.perf_counter()
        await asyncio.gather(*(ask(session, began + SECONDS) for _ in range(ASKING)))
        return answered / (time.perf_counter() - began)
