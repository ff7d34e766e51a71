"""A whole web process on a free loopback port, and browsers that use it as people do."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from sqlalchemy import insert

from recordings.age_keys import Identity, new_identity
from recordings.working_copy import MasterSecret
from scheduling.actor import Role
from scheduling.identifier import new_id
from scheduling.tables import organisations
from server import app_keys, keys
from server.accounts import add_account
from server.app import create_app
from server.app_keys import WRITING
from server.cli.serve import listen, with_bound_port
from server.media_journal import DatabaseJournal
from server.passwords import Passwords
from server.recipients import keyring_of as read_keyring_of
from server.routes import Route
from server.settings import Settings, read_settings
from tests.support.clock import FixedClock
from tests.support.database import Content, new_database
from tests.support.vault_keys import keyring_of, write_keyring

PASSWORD = "a sentence that opens tests"
TURN_SECRET = "a word that both sides know"
CENTRE, POST, AUTHORITY = "Centre de la Dyle", "Consulat général, Bruxelles", "Office des étrangers"
WORKPLACES = {
    Role.CENTRE_STAFF: CENTRE,
    Role.CONSULAR_OFFICER: POST,
    Role.SUPERVISOR: AUTHORITY,
    Role.ADMINISTRATOR: AUTHORITY,
}
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]*)">')


@dataclass(frozen=True)
class Page:
    """One answer, read to its end."""

    status: int
    path: str
    text: str
    headers: Mapping[str, str]
    json: Any = None

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def says(self, words: str) -> bool:
        return words in unescape(self.text)


class Browser:
    """Cookies of its own, no redirect followed unless asked, forms sent with the token of the last page."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        jar = aiohttp.CookieJar(unsafe=True)  # loopback has no name
        self.session = aiohttp.ClientSession(
            url, cookie_jar=jar, headers={"Accept-Language": "fr", **(headers or {})}
        )
        self.token = ""

    async def get(self, path: str, **options: Any) -> Page:
        return await self._ask("GET", path, **options)

    async def post(self, path: str, fields: Mapping[str, Any] | None = None, **options: Any) -> Page:
        token = options.pop("token", None)
        if token is None:
            token = self.token or ((await self.get("/sign-in", allow_redirects=True)) and self.token)
        return await self._ask("POST", path, data={"csrf_token": token, **(fields or {})}, **options)

    async def ask_json(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Page:
        headers = {"Accept": "application/json", "X-CSRF-Token": self.token}
        return await self._ask(method, path, data=dict(fields or {}) or None, headers=headers)

    def cookie(self, name: str) -> str:
        return next((cookie.value for cookie in self.session.cookie_jar if cookie.key == name), "")

    async def _ask(self, method: str, path: str, **options: Any) -> Page:
        options.setdefault("allow_redirects", False)
        async with self.session.request(method, path, **options) as response:
            text = await response.text()
            content = await response.json(content_type=None) if "json" in response.content_type else None
            found = _TOKEN.search(text)
            if found:
                self.token = found[1]
            return Page(response.status, str(response.url.relative()), text, response.headers, content)


@dataclass
class House:
    """A running instance with one centre, one post and one authority, and an account for each role."""

    app: web.Application
    settings: Settings
    clock: FixedClock
    supervisor: Identity
    organisations: dict[str, str] = field(default_factory=dict)
    browsers: list[Browser] = field(default_factory=list)

    def browser(self, headers: Mapping[str, str] | None = None, *, url: str = "") -> Browser:
        """A fresh browser, closed with the house."""
        self.browsers.append(Browser(url or self.settings.url, headers))
        return self.browsers[-1]

    async def sign_in_as(self, role: Role, *, password: str = PASSWORD) -> Browser:
        """A browser in which this role's account has signed in through the form."""
        browser = self.browser()
        await browser.get("/sign-in")
        answer = await browser.post("/sign-in", {"email": email_of(role), "password": password})
        assert answer.status == 303, answer.text
        await browser.get("/account")
        return browser

    def transaction(self) -> Any:
        """A writing session that commits: `async with house.transaction() as session`."""
        return self.app[WRITING].begin()

    async def seed(self, passwords: Passwords) -> None:
        kinds = {CENTRE: ("centre", "BE"), POST: ("post", "GN"), AUTHORITY: ("authority", "BE")}
        async with self.transaction() as session:
            for name, (kind, country) in kinds.items():
                self.organisations[name] = new_id()
                row = {"id": self.organisations[name], "kind": kind, "name": name, "country": country}
                await session.execute(
                    insert(organisations).values(host_country="BE", zone="Europe/Brussels", **row)
                )
            for role, workplace in WORKPLACES.items():
                await add_account(
                    session,
                    passwords,
                    organisation_id=self.organisations[workplace],
                    role=role,
                    name=f"{role} of tests",
                    email=email_of(role),
                    password=PASSWORD,
                    clock=self.clock,
                )


def email_of(role: Role) -> str:
    """The address of the one account of this role."""
    return f"{role}@example.org"


def cheap_passwords() -> Passwords:
    """Argon2id that costs nothing, since tests sign in often."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def make_folders(root: Path) -> tuple[dict[str, str], Identity]:
    """Data and keys folders as `parloir init` leaves them, as environment; and the supervisor's identity."""
    data, key_folder, supervisor = root / "data", root / "keys", new_identity(post_quantum=False)
    for folder in (data, key_folder):
        folder.mkdir(mode=0o700)
    keys.write_master(key_folder)
    write_keyring(key_folder, keyring_of(supervisor, new_identity(post_quantum=False)))
    environment = {
        "PARLOIR_DATA": str(data),
        "PARLOIR_KEYS": str(key_folder),
        "PARLOIR_LISTEN": "127.0.0.1:0",
        "PARLOIR_MEDIA": "127.0.0.1:0",
    }
    return environment, supervisor


def journal_of(house: House) -> DatabaseJournal:
    """The database side of a media node, as the house itself has one."""
    secret = MasterSecret(house.app[app_keys.SECRETS].working_copy)
    return DatabaseJournal(house.app[WRITING], house.clock, house.settings.data / "recordings", secret)


def write_turn_secret(key_folder: Path) -> Path:
    """Put the secret that is shared with TURN relays where the web process reads it."""
    path = key_folder / keys.TURN_NAME
    path.touch(mode=0o600)
    path.write_text(f"{TURN_SECRET}\n", encoding="utf-8")
    return path


@asynccontextmanager
async def running_house(
    root: Path,
    *,
    clock: FixedClock | None = None,
    more_routes: tuple[Route, ...] = (),
    **changes: Any,
) -> AsyncIterator[House]:
    """Start a house below `root`; `changes` replace settings."""
    environment, supervisor = make_folders(root)
    if changes.get("turn"):
        write_turn_secret(root / "keys")
    with new_database(root / "data" / "parloir.db", Content.MIGRATED) as address:
        settings = replace(read_settings(environment, {}), **{"database": address, **changes})
        async with another_house(settings, supervisor, clock=clock, more_routes=more_routes) as house:
            await house.seed(house.app[app_keys.PASSWORDS])
            yield house


@asynccontextmanager
async def another_house(
    settings: Settings,
    supervisor: Identity,
    *,
    clock: FixedClock | None = None,
    more_routes: tuple[Route, ...] = (),
) -> AsyncIterator[House]:
    """Start a web process of an instance that stands: its folders and its database are there."""
    listener = listen(settings.listen)
    settings = with_bound_port(settings, listener)
    clock = clock or FixedClock()
    app = create_app(
        settings,
        keys.derive(keys.read_master(settings.keys)),
        read_keyring_of(settings.keys),
        clock=clock,
        passwords=cheap_passwords(),
        more_routes=more_routes,
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    house = House(app, settings, clock, supervisor)
    try:
        await web.SockSite(runner, listener).start()
        yield house
    finally:
        for browser in house.browsers:
            await browser.session.close()
        await runner.cleanup()
