"""The names under which the application keeps what its handlers need."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from recordings.keyring import Keyring
from scheduling.clock import Clock
from server.attempts import Attempts
from server.i18n import Languages
from server.keys import Secrets
from server.logins import Login
from server.media import NodeLink
from server.metrics import WebFigures
from server.passwords import Passwords
from server.settings import Settings
from server.templating import Templates
from server.turn import Turn

SETTINGS = web.AppKey("settings", Settings)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
SECRETS = web.AppKey("secrets", Secrets)
KEYRING = web.AppKey("keyring", Keyring)
READING = web.AppKey("reading", AsyncEngine)
WRITING = web.AppKey("writing", AsyncEngine)
LANGUAGES = web.AppKey("languages", Languages)
TEMPLATES = web.AppKey("templates", Templates)
PASSWORDS = web.AppKey("passwords", Passwords)
ATTEMPTS = web.AppKey("attempts", Attempts)
MEDIA = web.AppKey("media", NodeLink)
TURN = web.AppKey("turn", Turn)
FIGURES = web.AppKey("figures", WebFigures)

LOGIN: web.RequestKey[Login] = web.RequestKey("login", Login)
