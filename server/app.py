"""The application: what it is made of, in which order it starts, and in which it stops."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from recordings.keyring import Keyring
from recordings.working_copy import MasterSecret
from scheduling.clock import Clock
from server import app_keys, jobs, middlewares
from server.attempts import Attempts
from server.clock import utc_now
from server.database import create_engine, for_reading
from server.errors import SettingError
from server.forms import MOST_BYTES
from server.headers import add_headers
from server.i18n import load_languages
from server.keeping import kept
from server.keys import Secrets, read_metrics_token, read_turn_secret
from server.media import NodeLink
from server.media_journal import DatabaseJournal
from server.metrics import WebFigures
from server.migrations import UnknownRevision, upgrade
from server.passwords import Passwords
from server.routes import ROUTES, Route, add_routes
from server.sealing import SEALING, Sealing
from server.settings import RECORDINGS, Settings, each_node, node_command
from server.templating import STATIC_FOLDER, load_templates
from server.turn import Turn


def create_app(
    settings: Settings,
    secrets: Secrets,
    keyring: Keyring,
    *,
    clock: Clock = utc_now,
    passwords: Passwords | None = None,
    more_routes: tuple[Route, ...] = (),
) -> web.Application:
    """Make an application for these settings; it opens nothing before it starts."""
    app = web.Application(
        middlewares=[
            middlewares.errors,
            middlewares.login,
            middlewares.own_forms,
            middlewares.persistence,
            jobs.wake_after_change,
            middlewares.smaller_files,
        ],
        client_max_size=MOST_BYTES,
    )
    app[app_keys.SETTINGS] = settings
    app[app_keys.SECRETS] = secrets
    app[app_keys.KEYRING] = keyring
    app[app_keys.CLOCK] = clock
    app[app_keys.LANGUAGES] = load_languages()
    app[app_keys.TEMPLATES] = load_templates()
    app[app_keys.PASSWORDS] = passwords or Passwords()
    app[app_keys.ATTEMPTS] = Attempts(secrets.device)
    add_routes(app, ROUTES + more_routes)
    app.router.add_static("/static", STATIC_FOLDER, name="static")
    figures = app[app_keys.FIGURES] = WebFigures(read_metrics_token(settings.keys))
    app.on_response_prepare.extend([add_headers, figures.count])
    app.cleanup_ctx.extend([_figures, _turn, _database, _sealing, _media, jobs.running, _closing])
    app.on_shutdown.append(_hang_up)
    return app


async def _figures(app: web.Application) -> AsyncIterator[None]:
    async with kept(app[app_keys.FIGURES].watch_loop(), asyncio.Lock()):
        yield


async def _turn(app: web.Application) -> AsyncIterator[None]:
    settings = app[app_keys.SETTINGS]
    secret = read_turn_secret(settings.keys) if settings.turn else b""
    app[app_keys.TURN] = Turn(settings.turn, secret)
    yield


async def _database(app: web.Application) -> AsyncIterator[None]:
    engine = create_engine(app[app_keys.SETTINGS].database)
    try:
        await upgrade(engine)
    except UnknownRevision as refusal:
        await engine.dispose()
        raise SettingError("PARLOIR_DATABASE", str(refusal)) from None
    app[app_keys.WRITING] = engine
    app[app_keys.READING] = for_reading(engine)
    yield
    await engine.dispose()


async def _media(app: web.Application) -> AsyncIterator[None]:
    settings = app[app_keys.SETTINGS]
    folder, sealing = settings.data / RECORDINGS, app[SEALING]
    secret = MasterSecret(app[app_keys.SECRETS].working_copy)
    journal = DatabaseJournal(app[app_keys.WRITING], app[app_keys.CLOCK], folder, secret, sealing.wake)
    link = NodeLink([partial(node_command, one) for one in each_node(settings)], journal)
    app[app_keys.MEDIA] = link
    await link.start()
    yield
    await link.stop()


async def _sealing(app: web.Application) -> AsyncIterator[None]:
    app[SEALING] = Sealing(app)
    async with kept(app[SEALING].keep(), app[SEALING].turn):
        yield


async def _hang_up(app: web.Application) -> None:
    app[app_keys.MEDIA].hang_up()


async def _closing(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[app_keys.ATTEMPTS].close()
    app[app_keys.PASSWORDS].close()
