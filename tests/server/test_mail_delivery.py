"""Mails on their way to a real mail server: handed over once, postponed, or given up with a reason."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from scheduling.identifier import new_id
from server.app_keys import WRITING
from server.errors import DatabaseAway, SettingError
from server.keys import PASSWORD_NAME, read_mail_password
from server.mail_server import MailServer
from server.mails import deliver
from server.mails.deliver import LEASE, MOST_ATTEMPTS, Delivery, pause_after
from server.mails.smtp import Connection
from server.tables import mails
from tests.support.mail_server import PASSWORD, Inbox, mail_server
from tests.support.web import House

ENTRY = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def trust(tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where certificates are; this process trusts their authority, and knows the password."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    path = house.settings.keys / PASSWORD_NAME
    path.touch(mode=0o600)
    path.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return tmp_path


async def put(house: House, *addresses: str, **values: Any) -> None:
    rows = [
        {
            "id": new_id(),
            "key": new_id(),
            "event": "confirmed",
            "to_address": address,
            "language": "fr",
            "subject": "Entretien confirmé : K7Q-4M2",
            "text": "L’entretien est confirmé.\n",  # noqa: RUF001 - typography
            "html": "<p>L’entretien est confirmé.</p>",  # noqa: RUF001 - typography
            "calendar": ENTRY,
            "state": "waiting",
            "next_attempt_at": house.clock(),
            "created_at": house.clock() + timedelta(seconds=number),
            **values,
        }
        for number, address in enumerate(addresses)
    ]
    async with house.transaction() as session:
        await session.execute(insert(mails), rows)


async def states(house: House) -> list[tuple[str, str, int]]:
    statement = select(mails.c.state, mails.c.last_error, mails.c.attempts).order_by(mails.c.created_at)
    async with house.transaction() as session:
        return [tuple(row) for row in await session.execute(statement)]


def delivery(house: House, server: MailServer | None) -> Delivery:
    settings = replace(house.settings, smtp=server, mail_from="parloir@example.org")
    return Delivery(house.app[WRITING], house.clock, settings)


async def test_a_mail_arrives_whole_over_starttls_with_a_password(house: House, trust: Path) -> None:
    await put(house, "officer@example.org")
    inbox = Inbox()
    with mail_server(trust, inbox) as server:
        assert await delivery(house, server).run() == 1
        assert await delivery(house, server).run() == 0
    (message,) = inbox.messages
    assert message["To"] == "officer@example.org"
    assert message["Subject"] == "Entretien confirmé : K7Q-4M2"
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    calendar, attachment = list(message.walk())[-2:]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == attachment.get_payload(decode=True) == ENTRY.encode()
    assert await states(house) == [("sent", "", 1)]


async def test_a_server_whom_nobody_vouches_for_gets_nothing(
    house: House, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(house, "officer@example.org")
    inbox = Inbox()
    with mail_server(trust, inbox) as server:
        monkeypatch.delenv("SSL_CERT_FILE")
        assert await delivery(house, server).run() == 0
    assert inbox.messages == []
    assert await states(house) == [("waiting", "the certificate of the mail server is not trusted", 1)]


async def test_a_server_that_does_not_know_the_password_keeps_mails_waiting(
    house: House, trust: Path
) -> None:
    await put(house, "officer@example.org")
    (house.settings.keys / PASSWORD_NAME).write_text("another\n", encoding="utf-8")
    with mail_server(trust, Inbox()) as server:
        assert await delivery(house, server).run() == 0
    ((state, reason, _),) = await states(house)
    assert state == "waiting"
    assert reason.startswith("535")


async def test_without_a_mail_server_mails_wait_untouched(house: House) -> None:
    await put(house, "officer@example.org")
    assert await delivery(house, None).run() == 0
    assert await states(house) == [("waiting", "", 0)]


async def test_a_server_down_for_a_day_loses_nothing_and_doubles_nothing(house: House, trust: Path) -> None:
    await put(house, "one@example.org", "two@example.org")
    inbox = Inbox()
    with mail_server(trust, inbox) as server:
        pass
    sending, began = delivery(house, server), house.clock()
    while house.clock() - began < timedelta(days=1):
        assert await sending.run() == 0
        house.clock.advance(minutes=20)
    assert {state for state, _, _ in await states(house)} == {"waiting"}
    with mail_server(trust, inbox, port=server.port):
        house.clock.advance(minutes=360)
        assert await sending.run() == 2
        assert await sending.run() == 0
    assert [message["To"] for message in inbox.messages] == ["one@example.org", "two@example.org"]


async def test_a_refused_recipient_does_not_stop_the_others(house: House, trust: Path) -> None:
    await put(house, "gone@example.org", "busy@example.org", "officer@example.org")
    inbox = Inbox(
        answers={"gone@example.org": "550 no gone@example.org here", "busy@example.org": "451 later"}
    )
    with mail_server(trust, inbox) as server:
        assert await delivery(house, server).run() == 1
    assert [message["To"] for message in inbox.messages] == ["officer@example.org"]
    assert await states(house) == [("dead", "550 no … here", 1), ("waiting", "451 later", 1), ("sent", "", 1)]


async def test_a_refused_message_is_given_up_at_once(house: House, trust: Path) -> None:
    await put(house, "officer@example.org")
    with mail_server(trust, Inbox(data_answer="554 not this")) as server:
        await delivery(house, server).run()
    assert await states(house) == [("dead", "554 not this", 1)]


async def test_what_waits_too_long_is_given_up_after_two_days(house: House, trust: Path) -> None:
    await put(house, "officer@example.org")
    with mail_server(trust, Inbox(answers={"officer@example.org": "451 later"})) as server:
        sending, began = delivery(house, server), house.clock()
        while (await states(house))[0][0] == "waiting":
            await sending.run()
            house.clock.advance(minutes=30)
    assert await states(house) == [("dead", "451 later", MOST_ATTEMPTS)]
    assert timedelta(days=2) < house.clock() - began < timedelta(days=3)


async def test_a_mail_sent_but_not_noted_goes_out_again_under_the_same_identity(
    house: House, trust: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(house, "officer@example.org")
    inbox, send = Inbox(), Connection.send

    async def send_and_die(self: Connection, mail: Any) -> None:
        await send(self, mail)
        raise DatabaseAway("killed between sending and noting")

    with mail_server(trust, inbox) as server:
        monkeypatch.setattr(Connection, "send", send_and_die)
        with pytest.raises(DatabaseAway):
            await delivery(house, server).run()
        monkeypatch.setattr(Connection, "send", send)
        assert await delivery(house, server).run() == 0  # ours until the lease is over
        house.clock.advance(seconds=LEASE.total_seconds())
        assert await delivery(house, server).run() == 1
    first, second = (message["Message-ID"] for message in inbox.messages)
    assert first == second


async def test_a_mail_handed_over_while_the_database_went_away_is_noted_later_and_not_sent_again(
    house: House, trust: Path
) -> None:
    await put(house, "one@example.org", "two@example.org")
    inbox, settings = Inbox(), house.settings
    with mail_server(trust, inbox) as server:
        settings = replace(settings, smtp=server, mail_from="parloir@example.org")
        sending = Delivery(GoesAway(house.app[WRITING], at=2), house.clock, settings)  # type: ignore[arg-type]
        with pytest.raises(DatabaseAway):
            await sending.run()
        house.clock.advance(seconds=LEASE.total_seconds())
        assert await sending.run() == 1
    assert [message["To"] for message in inbox.messages] == ["one@example.org", "two@example.org"]
    assert {state for state, _, _ in await states(house)} == {"sent"}


class GoesAway:
    """A database that cannot be reached for one transaction: the one of this number."""

    def __init__(self, writing: Any, at: int) -> None:
        self._writing, self._left = writing, at

    def begin(self) -> Any:
        self._left -= 1
        if self._left == 0:
            raise DatabaseAway("08006")
        return self._writing.begin()


async def test_two_processes_send_each_mail_once(house: House, trust: Path) -> None:
    await put(house, *(f"officer{number}@example.org" for number in range(25)))
    inbox = Inbox()
    with mail_server(trust, inbox) as server:
        both = [delivery(house, server), delivery(house, server)]
        assert sum(await gathered(both)) == 25
    assert len({message["To"] for message in inbox.messages}) == len(inbox.messages) == 25


async def gathered(both: Sequence[Delivery]) -> list[int]:
    return list(await asyncio.gather(*(each.run() for each in both)))


def test_pauses_grow_and_last_two_days_in_all() -> None:
    pauses = [pause_after(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(minutes=1), timedelta(hours=6))
    assert timedelta(days=1, hours=20) < sum(pauses, timedelta()) < timedelta(days=2, hours=8)


def test_one_claim_is_over_before_its_lease() -> None:
    assert LEASE.total_seconds() > deliver.AT_ONCE * deliver.SEND_SECONDS


@pytest.mark.parametrize("mode", [0o640, 0o604])
async def test_a_password_that_others_may_read_is_not_used(house: House, trust: Path, mode: int) -> None:
    path = house.settings.keys / PASSWORD_NAME
    path.chmod(mode)
    with pytest.raises(SettingError):
        read_mail_password(house.settings.keys)
    await put(house, "officer@example.org")
    with mail_server(trust, Inbox()) as server:
        assert await delivery(house, server).run() == 0
    assert (await states(house))[0][0] == "waiting"
