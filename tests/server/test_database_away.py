"""The database goes in the middle and comes back: a clear page, nothing half done, and life goes on."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select, text
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Role
from server.database import create_engine
from server.errors import DatabaseAway, GaveWay
from server.exchange import transaction
from server.handlers import language
from server.jobs import JOBS
from server.keys import PASSWORD_NAME
from server.media import NodeLink, Standing
from server.node_run import NodeRun
from server.tables import logins, mails
from tests.support.mail_server import PASSWORD, Inbox, mail_server
from tests.support.pages import last_of, running_world
from tests.support.postgres import Server
from tests.support.web import House, Page, email_of, running_house
from webrtc.ports import Json

pytestmark = pytest.mark.own_database


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    """A server of this module's own, since its tests stop it."""
    server = Server()
    yield server
    server.remove()


@pytest.fixture
async def house(tmp_path: Path, postgresql: Server) -> AsyncIterator[House]:
    address = postgresql.url(postgresql.new_database()).replace("postgresql:", "postgresql+asyncpg:", 1)
    async with running_house(tmp_path, database=address) as running:
        yield running


async def test_a_reader_is_told_in_their_language_and_served_again_once_it_is_back(
    house: House, postgresql: Server
) -> None:
    browser = await house.sign_in_as(Role.CENTRE_STAFF)
    stranger = house.browser({"Accept-Language": "en"})
    assert (await browser.get("/cases")).status == 200
    assert (await stranger.get("/readyz")).status == 200
    postgresql.stop()
    try:
        away = await browser.get("/cases")
        assert away.says("La base de données est injoignable")
        assert away.says("perdu. Réessayez dans un instant.")
        is_refused_for_now(away)
        is_refused_for_now(await stranger.get("/readyz"))
        assert (await stranger.get("/healthz")).status == 200
        assert (await stranger.get("/sign-in")).status == 200
        told = await browser.ask_json("GET", "/cases")
        assert (told.json["status"], told.json["title"]) == (503, "La base de données est injoignable")
        assert told.json["detail"].endswith("perdu. Réessayez dans un instant.")
    finally:
        postgresql.start()
    assert (await stranger.get("/readyz")).status == 200
    assert (await browser.get("/cases")).status == 200


async def test_a_change_that_met_no_database_is_not_half_there(house: House, postgresql: Server) -> None:
    browser = await house.sign_in_as(Role.CENTRE_STAFF)
    token = browser.token  # of the form to which the reader goes back
    postgresql.stop()
    try:
        answer = await browser.post("/language", {"language": "en", "next": "/"})
        is_refused_for_now(answer)
        assert answer.says("vérifiez si votre modification y est")
    finally:
        postgresql.start()
    again = await browser.post("/language", {"language": "en", "next": "/"}, token=token)
    assert again.status == 303


async def test_a_transaction_that_loses_its_connection_keeps_nothing(
    house: House, postgresql: Server
) -> None:
    engine = create_engine(house.settings.database)

    async def lose_it() -> None:
        async with engine.begin() as session:
            await session.execute(logins.delete())
            postgresql.stop()
            await session.execute(select(func.count()).select_from(logins))

    await house.sign_in_as(Role.SUPERVISOR)
    try:
        with pytest.raises(DatabaseAway):
            await lose_it()
    finally:
        postgresql.start()
    async with engine.connect() as session:
        assert await session.scalar(select(func.count()).select_from(logins)) == 1
    await engine.dispose()


async def test_a_request_that_waits_too_long_for_a_row_is_sent_away_and_the_next_one_served(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.sign_in_as(Role.CENTRE_STAFF)
    monkeypatch.setattr(language, "transaction", impatient)
    async with house.transaction() as holder:
        await holder.execute(select(tables.accounts).with_for_update())
        is_refused_for_now(await browser.post("/language", {"language": "en", "next": "/"}))
    assert (await browser.post("/language", {"language": "en", "next": "/"})).status == 303


async def test_of_two_that_wait_for_each_other_one_is_undone_and_can_begin_again(house: House) -> None:
    async with house.transaction() as session:
        first, second = (await session.scalars(select(tables.accounts.c.id).limit(2))).all()
    met = asyncio.Barrier(2)

    async def lock(one: str, other: str) -> bool:
        try:
            async with house.transaction() as session:
                for account_id in (one, other):
                    wanted = select(tables.accounts.c.id).where(tables.accounts.c.id == account_id)
                    await session.execute(wanted.with_for_update())
                    if account_id == one:
                        await met.wait()
        except GaveWay:
            return False
        return True

    assert sorted(await asyncio.gather(lock(first, second), lock(second, first))) == [False, True]


async def test_a_handler_whose_transaction_gave_way_begins_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, tries = await house.sign_in_as(Role.CENTRE_STAFF), 0

    def unlucky(request: object) -> object:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise GaveWay("40P01")
        return transaction(request)  # type: ignore[arg-type]

    monkeypatch.setattr(language, "transaction", unlucky)
    assert (await browser.post("/language", {"language": "en", "next": "/"})).status == 303
    assert tries == 3


async def test_a_crowd_that_exhausts_the_pool_is_asked_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.sign_in_as(Role.CENTRE_STAFF)

    def nothing_left(_request: object) -> object:
        raise PoolExhausted

    monkeypatch.setattr(language, "transaction", nothing_left)
    is_refused_for_now(await browser.post("/language", {"language": "en", "next": "/"}))


async def test_a_request_that_is_given_up_says_nothing_about_the_database(house: House) -> None:
    engine = create_engine(house.settings.database)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), engine.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    await engine.dispose()


async def test_a_statement_that_never_ends_is_ended(house: House) -> None:
    async with house.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        with pytest.raises(DatabaseAway, match="57014"):
            await session.execute(text("SELECT pg_sleep(30)"))
        await session.rollback()


async def test_the_jobs_wait_for_the_database_and_then_tell_once_what_was_left(
    tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    address = postgresql.url(postgresql.new_database()).replace("postgresql:", "postgresql+asyncpg:", 1)
    inbox = Inbox()
    with mail_server(tmp_path, inbox) as smtp:
        settings: dict[str, Any] = {"database": address, "smtp": smtp, "mail_from": "parloir@example.org"}
        async with running_world(tmp_path, **settings) as world:
            password = world.house.settings.keys / PASSWORD_NAME
            password.touch(mode=0o600)
            password.write_text(f"{PASSWORD}\n", encoding="utf-8")
            jobs = world.house.app[JOBS]
            async with jobs.turn:  # nothing is told before the database goes
                booking = await world.requested()
                postgresql.stop()
            try:
                await jobs.run()
                assert inbox.messages == []
            finally:
                postgresql.start()
            for _ in range(2):
                await jobs.run()
            of_it = mails.c.booking_id == last_of(booking)
            columns = (mails.c.event, mails.c.state, mails.c.attempts)
            async with world.house.transaction() as session:
                found = (await session.execute(select(*columns).where(of_it))).all()
    assert [message["To"] for message in inbox.messages] == [email_of(Role.CONSULAR_OFFICER)]
    assert [tuple(row) for row in found] == [("requested", "sent", 1)]


async def test_what_the_node_reports_waits_for_the_database() -> None:
    journal = ForgetfulJournal()
    link = NodeLink([], journal)
    events: asyncio.Queue[Json | None] = asyncio.Queue()
    for name in ("part_started", "part_finished"):
        events.put_nowait({"is": name, "room": "r"})
    events.put_nowait(None)
    await link._write_down(NodeRun(0), events)
    assert journal.taken == ["part_started", "part_finished"]


class ForgetfulJournal:
    """The database is away for the first two times that it is asked."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self._refusals = 2

    async def standing(self, room_id: str) -> Standing:
        raise AssertionError(room_id)

    async def take(self, event: Json, /) -> None:
        if self._refusals:
            self._refusals -= 1
            raise DatabaseAway("08006")
        self.taken.append(event["is"])

    async def node_lost(self, rooms: Collection[str] | None) -> None:
        raise AssertionError(rooms)


@asynccontextmanager
async def impatient(request: web.Request) -> AsyncIterator[AsyncConnection]:
    """A transaction that waits for a lock as the product does, but not as long."""
    async with transaction(request) as session:
        await session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        yield session


def is_refused_for_now(page: Page) -> None:
    assert page.status == 503, page.text
    assert page.headers["Retry-After"] == "5"
