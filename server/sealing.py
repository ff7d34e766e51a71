"""Sealing as an act of the house: at once after a conclusion, and later for what is left."""

import asyncio
import contextlib

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from recordings.errors import RecordingsError
from recordings.no_trace import leave_no_trace
from recordings.queries import waiting_for_seal
from recordings.seal import seal
from recordings.sealed_file import SealedFolder
from recordings.working_copy import MasterSecret
from scheduling.errors import SchedulingError
from server.app_keys import CLOCK, KEYRING, READING, SECRETS, SETTINGS, WRITING
from server.errors import DatabaseAway
from server.keeping import woken
from server.logs import log
from server.settings import RECORDINGS
from server.transcript_page import render_transcript

AGAIN_SECONDS = 15.0


class Sealing:
    """Seals what waits, one interview at a time."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self.turn = asyncio.Lock()
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Look at once for what waits."""
        self._wanted.set()

    async def seal(self, interview_id: str) -> bool:
        """Seal one interview; False when it has to wait, for a part still being written or a full disk."""
        app = self._app
        folder = app[SETTINGS].data / RECORDINGS / interview_id
        try:
            async with self.turn, app[WRITING].begin() as session:
                await seal(
                    session,
                    app[CLOCK],
                    MasterSecret(app[SECRETS].working_copy),
                    SealedFolder(folder, app[KEYRING]),
                    render_transcript,
                    interview_id=interview_id,
                )
            await leave_no_trace(app[WRITING])
        except (RecordingsError, SchedulingError, DatabaseAway, SQLAlchemyError, OSError) as refusal:
            log.warning("seal:postponed", interview_id=interview_id, why=type(refusal).__name__)
            return False
        log.info("seal:done", interview_id=interview_id)
        return True

    async def keep(self) -> None:
        """Seal what waits, now and every few seconds, until cancelled."""
        while True:
            with contextlib.suppress(DatabaseAway, SQLAlchemyError, OSError):
                async with self._app[READING].connect() as session:
                    waiting = await waiting_for_seal(session)
                for interview_id in waiting:
                    await self.seal(interview_id)
            await woken(self._wanted, AGAIN_SECONDS)
            self._wanted.clear()


SEALING = web.AppKey("sealing", Sealing)
