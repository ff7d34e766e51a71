"""From waiting to sent: mails are claimed with a lease, handed over, and noted; refusals wait or end."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from scheduling.clock import Clock
from scheduling.due import Due
from server.errors import SettingError
from server.guest_links import secret_of
from server.keys import read_mail_password
from server.logs import log
from server.mails.letter import LINK_SECRET
from server.mails.overtaken import put_aside
from server.mails.smtp import Connection, MailRefused, MailServerAway, connected
from server.settings import Settings
from server.tables import mails

AT_ONCE = 10
SEND_SECONDS = 30.0
MOST_REASON_CHARACTERS = 200  # a server may answer at any length; the column does not grow with it
LEASE = timedelta(minutes=10)
"""How long a claimed mail is ours; longer than all of one claim can take."""
MOST_ATTEMPTS = 16
"""With the pauses below: two days and some hours."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
_LAST_DOUBLING = 9
_DUE = select(mails).where(
    mails.c.state.in_(("waiting", "sending")), mails.c.next_attempt_at <= bindparam("now")
)
_TO_CLAIM = _DUE.order_by(mails.c.created_at, mails.c.id).limit(AT_ONCE).with_for_update(skip_locked=True)
DELIVERS = Due(_DUE.exists())


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: a minute, doubling up to six hours."""
    doublings = min(attempts - 1, _LAST_DOUBLING)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)


class Delivery:
    """Hands waiting mails to the mail server; without one they go on waiting."""

    def __init__(
        self,
        writing: AsyncEngine,
        clock: Clock,
        settings: Settings,
        guest_key: bytes = b"",
    ) -> None:
        self._writing = writing
        self._clock = clock
        self._settings = settings
        self._guest_key = guest_key
        self._handed_over: list[str] = []  # taken by the mail server; the database may be away just then

    @property
    def has_to_note(self) -> bool:
        """Whether mails have left of which the database does not know yet."""
        return bool(self._handed_over)

    async def run(self) -> int:
        """Send what is due; gives how many mails left. A mail server that is away ends the turn."""
        if self._settings.smtp is None:
            return 0
        await self._note_handed_over()
        sent = 0
        while claimed := await self._claim():
            try:
                sent += await self._send_all(claimed)
            except MailServerAway as away:
                log.warning("mail:server_away", why=str(away))
                await self._postpone(claimed, str(away))
                break
        return sent

    async def _claim(self) -> Sequence[RowMapping]:
        """Take some mails for this process: committed before anything is sent, so that nobody else does."""
        now = self._clock()
        async with self._writing.begin() as session:
            await put_aside(session, self._clock)
            rows = (await session.execute(_TO_CLAIM, {"now": now})).mappings().all()
            if rows:
                await session.execute(
                    update(mails)
                    .where(mails.c.id.in_([row["id"] for row in rows]))
                    .values(state="sending", attempts=mails.c.attempts + 1, next_attempt_at=now + LEASE)
                )
        return rows

    async def _send_all(self, claimed: Sequence[RowMapping]) -> int:
        server = self._settings.smtp
        if server is None:
            return 0
        try:
            password = read_mail_password(self._settings.keys) if server.user else ""
        except SettingError as problem:
            raise MailServerAway(problem.reason) from None
        sent = 0
        async with connected(server, self._settings.mail_from, password) as connection:
            for mail in claimed:
                sent += await self._send(connection, mail)
        return sent

    async def _send(self, connection: Connection, mail: RowMapping) -> bool:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await connection.send(self._as_it_leaves(mail))
        except TimeoutError:
            raise MailServerAway("TimeoutError") from None
        except MailRefused as refusal:
            await self._give_back(mail, str(refusal), is_final=refusal.is_final)
            return False
        self._handed_over.append(mail["id"])
        await self._note_handed_over()
        log.info("mail:sent", mail_id=mail["id"], event_sent=mail["event"])
        return True

    def _as_it_leaves(self, mail: RowMapping) -> dict[str, Any]:
        """Put the secret of a guest's link into a mail, in memory alone."""
        leaving = dict(mail)
        if mail["link_id"] is not None:
            secret = secret_of(self._guest_key, mail["link_id"])
            leaving |= {name: mail[name].replace(LINK_SECRET, secret) for name in ("text", "html")}
        return leaving

    async def _note_handed_over(self) -> None:
        """Note what has left; what the database cannot take now is noted before anything else is sent."""
        if not self._handed_over:
            return
        async with self._writing.begin() as session:
            await session.execute(
                update(mails)
                .where(mails.c.id.in_(self._handed_over))
                .values(state="sent", sent_at=self._clock(), last_error="")
            )
        self._handed_over.clear()

    async def _postpone(self, claimed: Sequence[RowMapping], reason: str) -> None:
        for mail in claimed:
            await self._give_back(mail, reason, is_final=False)

    async def _give_back(self, mail: RowMapping, reason: str, *, is_final: bool) -> None:
        """Let a mail of ours wait for its next turn, or end it; one that was sent meanwhile stays sent."""
        attempts = mail["attempts"] + 1
        is_dead = is_final or attempts >= MOST_ATTEMPTS
        at: datetime = self._clock() + pause_after(attempts)
        log.info("mail:refused", mail_id=mail["id"], is_dead=is_dead)
        async with self._writing.begin() as session:
            await session.execute(
                update(mails)
                .where(mails.c.id == mail["id"], mails.c.state == "sending")
                .values(
                    state="dead" if is_dead else "waiting",
                    next_attempt_at=at,
                    last_error=reason[:MOST_REASON_CHARACTERS],
                )
            )
