"""TURN relays: which addresses are taken, what a credential is made of, and who is told one, and where."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import update

from scheduling.admission import OPENS_BEFORE
from scheduling.participant import ParticipantRole
from scheduling.tables import bookings, participants
from server import attempts
from server.errors import SettingError
from server.keys import read_turn_secret
from server.settings import read_settings
from server.turn import VALID_FOR, Turn, turn_addresses
from tests.support.clock import NOON, FixedClock
from tests.support.guests import guest_in
from tests.support.interview import Meeting, meeting_in
from tests.support.web import TURN_SECRET, Browser, House, make_folders, running_house, write_turn_secret

ADDRESSES = "turns:turn.example.org:443?transport=tcp", "turn:192.0.2.7"
END = int((NOON + VALID_FOR).timestamp())


pytestmark = pytest.mark.usefixtures("node_without_media")


@pytest.fixture
async def house(tmp_path: Path, clock: FixedClock) -> AsyncIterator[House]:
    async with running_house(tmp_path, clock=clock, turn=ADDRESSES) as running:
        yield running


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


async def first_words(browser: Browser, path: str, count: int = 2) -> list[Any]:
    """What a line says at its beginning."""
    async with browser.session.ws_connect(path) as socket:
        return [await socket.receive_json(timeout=10) for _ in range(count)]


@pytest.mark.parametrize(
    "text",
    [
        "turn:turn.example.org",
        "turn:turn.example.org:3478?transport=udp",
        "turn:[2001:db8::7]:3478",
        "turns:turn.example.org:443?transport=tcp",
    ],
)
def test_addresses_as_browsers_take_them_are_taken(text: str) -> None:
    assert turn_addresses("PARLOIR_TURN", text) == (text,)
    assert turn_addresses("PARLOIR_TURN", f" {text}, {text}\n") == (text, text)


@pytest.mark.parametrize(
    "text",
    [
        "turn.example.org",
        "stun:turn.example.org",
        "turn://turn.example.org",
        "turn:user@turn.example.org",
        "turn:turn.example.org:port",
        "turn:turn.example.org?transport=sctp",
        "turns:turn.example.org?transport=udp",
        "turn:",
        "turn:turn.example.org; turn:other.example.org",
    ],
)
def test_another_address_is_a_wrong_setting(tmp_path: Path, text: str) -> None:
    environment, _ = make_folders(tmp_path)
    with pytest.raises(SettingError, match=r"PARLOIR_TURN.*turns:turn\.example\.org:443"):
        read_settings({**environment, "PARLOIR_TURN": text}, {})


def test_without_the_setting_there_is_no_relay(tmp_path: Path) -> None:
    environment, _ = make_folders(tmp_path)
    assert read_settings(environment, {}).turn == ()
    assert read_settings({**environment, "PARLOIR_TURN": " ".join(ADDRESSES)}, {}).turn == ADDRESSES


def test_the_secret_is_one_line_that_nobody_else_may_read(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"turn\.secret"):
        read_turn_secret(tmp_path)
    path = write_turn_secret(tmp_path)
    assert read_turn_secret(tmp_path) == TURN_SECRET.encode()
    assert TURN_SECRET not in repr(Turn(ADDRESSES, read_turn_secret(tmp_path)))
    path.chmod(0o640)
    with pytest.raises(SettingError, match="chmod 600"):
        read_turn_secret(tmp_path)
    path.chmod(0o600)
    for wrong in ("", "\n", "two\nlines\n"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(SettingError, match="must hold one line"):
            read_turn_secret(tmp_path)


def test_a_credential_is_the_hmac_of_its_end_and_an_opaque_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.turn.secrets.token_hex", lambda _: "0123456789abcdef01234567")
    (server,) = Turn(ADDRESSES, TURN_SECRET.encode()).servers(NOON)
    assert server == {
        "urls": list(ADDRESSES),
        "username": "1790006400:0123456789abcdef01234567",
        "credential": "cIQijDEF7VOe2X7ct0NZtOyoTbU=",  # as OpenSSL computes it
    }


def test_it_ends_after_six_hours_and_is_never_given_twice() -> None:
    turn = Turn(ADDRESSES, TURN_SECRET.encode())
    names = [turn.servers(at)[0]["username"] for at in (NOON, NOON, NOON + timedelta(hours=1))]
    ends, words = zip(*(name.split(":") for name in names), strict=True)
    assert [int(end) - NOON.timestamp() for end in ends] == [6 * 3600, 6 * 3600, 7 * 3600]
    assert len(set(words)) == 3


async def test_whoever_enters_hears_of_the_relays_before_all_else(house: House, meeting: Meeting) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    given = []
    for browser in (meeting.host, meeting.officer, guest):
        for path, next_word in ((meeting.path("line"), "welcome"), ("/check/line", "probing")):
            told, then = await first_words(browser, path)
            assert then["type"] == next_word
            assert told["type"] == "turn"
            (server,) = told["servers"]
            assert server["urls"] == list(ADDRESSES)
            assert re.fullmatch(rf"{END}:[0-9a-f]{{24}}", server["username"])
            given.append(server["username"])
    assert len(set(given)) == 6
    assert not any(one in name for name in given for one in (seat, meeting.id, *meeting.seats.values()))


async def test_who_may_not_enter_now_gets_none(house: House, meeting: Meeting) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    start = house.clock() + OPENS_BEFORE + timedelta(minutes=1)
    async with house.transaction() as session:
        times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        await session.execute(update(bookings).values(**times))
    assert await first_words(guest, meeting.path("line"), 1) == [{"type": "early"}]
    officer = participants.c.id == meeting.seats[ParticipantRole.CONSULAR_OFFICER]
    async with house.transaction() as session:
        await session.execute(update(participants).where(officer).values(removed_at=house.clock()))
    assert await first_words(meeting.officer, meeting.path("line"), 1) == [{"type": "removed"}]


async def test_a_line_that_is_refused_brings_none(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "PROBES", RateLimitItemPerMinute(1, 10))
    await first_words(meeting.officer, "/check/line")
    assert await first_words(meeting.officer, "/check/line", 1) == [{"type": "probed", "reason": "too_often"}]
    await first_words(meeting.host, meeting.path("line") + "?device=desk")
    again = meeting.path("line") + "?device=tablet&back"
    assert await first_words(meeting.host, again, 1) == [{"type": "replaced"}]


async def test_no_page_and_no_log_holds_anything_of_a_relay(
    house: House, meeting: Meeting, capsys: pytest.CaptureFixture[str]
) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    told, _ = await first_words(meeting.host, meeting.path("line"))
    (server,) = told["servers"]
    everywhere = meeting.path("room"), meeting.path("check"), meeting.path("before")
    texts = [(await guest.get(path)).text for path in everywhere]
    for browser in (meeting.host, meeting.officer):
        own = *everywhere, "/", "/check", "/account", f"/interviews/{meeting.id}"
        texts += [(await browser.get(path)).text for path in own]
        texts.append((await browser.ask_json("GET", meeting.path("room"))).text)
    texts += capsys.readouterr()
    assert all(len(text) > 0 for text in texts[:-1])
    for text in texts:
        for word in (TURN_SECRET, "turn.example.org", str(END), server["credential"]):
            assert word not in text
