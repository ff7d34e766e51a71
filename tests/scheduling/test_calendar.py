"""Calendar entries: what they say, what they never say, and that the programs of others take them."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from scheduling.booking import Booking, Modality, Status, calendar_uid
from scheduling.calendar import Entry, message_text, published_text
from tests.support.radicale import running_radicale

NOW = datetime(2026, 9, 21, 10, 0, tzinfo=UTC)
STARTS = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOUSE, OFFICER = "parloir@example.org", "officer@example.org"
BOOKING = Booking(
    id="a" * 26,
    request_id="r" * 26,
    case_id="c" * 26,
    post_id="p" * 26,
    room_id="m" * 26,
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=1),
    modality=Modality.VIDEO,
    status=Status.CONFIRMED,
    uid=calendar_uid("a" * 26),
    requested_at=NOW,
    sequence=1,
)
MOVED = replace(BOOKING, sequence=2, starts_at=STARTS + timedelta(days=1), ends_at=STARTS + timedelta(days=2))
CANCELLED = replace(BOOKING, status=Status.CANCELLED, sequence=3)
EVERY = pytest.mark.parametrize("booking", [BOOKING, MOVED, CANCELLED], ids=["asked", "moved", "cancelled"])
LIBICAL = """
import sys, gi
gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib
entry = ICalGLib.Component.new_from_string(sys.stdin.read())
entry.check_restrictions()
print(entry.count_errors(), "X-LIC-ERROR" in entry.as_ical_string())
"""


def entry_of(booking: Booking) -> Entry:
    place = "Centre de la Dyle, Visio 1"
    return Entry(booking=booking, title="Entretien K7Q-4M2", place=place, url="https://p.example/bookings/a")


def message(booking: Booking) -> str:
    return message_text(entry_of(booking), organizer=HOUSE, attendee=OFFICER, now=NOW)


def one_event(text: str) -> tuple[str, dict[str, str]]:
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    lines = [str(line).partition(":") for line in event.content_lines() if line]
    return str(calendar["METHOD"]), {name.partition(";")[0]: value for name, _, value in lines}


def test_an_invitation_names_the_house_and_its_one_reader() -> None:
    method, event = one_event(message(BOOKING))
    assert method == "REQUEST"
    assert event["ORGANIZER"] == f"mailto:{HOUSE}"
    assert event["ATTENDEE"] == f"mailto:{OFFICER}"
    assert (event["DTSTART"], event["DTEND"]) == ("20260923T080000Z", "20260923T090000Z")
    assert (event["SEQUENCE"], event["STATUS"], event["CLASS"]) == ("1", "CONFIRMED", "CONFIDENTIAL")
    assert event["SUMMARY"] == "Entretien K7Q-4M2"


def test_every_message_of_a_booking_is_about_the_same_entry() -> None:
    events = [one_event(message(booking))[1] for booking in (BOOKING, MOVED, CANCELLED)]
    assert {event["UID"] for event in events} == {BOOKING.uid}
    assert [event["SEQUENCE"] for event in events] == ["1", "2", "3"]


@pytest.mark.parametrize("status", Status)
def test_what_is_over_is_cancelled_and_all_else_stands(status: Status) -> None:
    method, event = one_event(message(replace(BOOKING, status=status)))
    is_over = status in {Status.CANCELLED, Status.WITHDRAWN, Status.DECLINED, Status.EXPIRED}
    assert method == ("CANCEL" if is_over else "REQUEST")
    assert (event["STATUS"] == "CANCELLED") == is_over


def test_a_subscription_invites_nobody() -> None:
    text = published_text([entry_of(BOOKING), entry_of(MOVED)], organizer=HOUSE, now=NOW)
    assert "METHOD:PUBLISH" in text
    assert "ATTENDEE" not in text
    assert len(Calendar.from_ical(text).walk("VEVENT")) == 2


def test_hostile_words_stay_inside_their_line() -> None:
    place = "Visio;1,\r\nBEGIN:VALARM\nATTENDEE:mailto:x@example.org"
    text = message_text(replace(entry_of(BOOKING), place=place), organizer=HOUSE, attendee=OFFICER, now=NOW)
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")
    assert not [line for line in lines if line.startswith("BEGIN:VALARM")]
    assert len([line for line in lines if line.startswith("ATTENDEE")]) == 1


@EVERY
def test_libical_finds_nothing_wrong(booking: Booking) -> None:
    words = ["/usr/bin/python3", "-c", LIBICAL]
    found = subprocess.run(words, input=message(booking), capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.split() == ["0", "False"]


def test_libical_finds_what_is_wrong() -> None:
    broken = re.sub(r"ORGANIZER.*\r\n", "", message(BOOKING))
    words = ["/usr/bin/python3", "-c", LIBICAL]
    found = subprocess.run(words, input=broken, capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.split() == ["1", "True"]


def test_khal_shows_an_invitation_at_its_hour_and_a_move_in_its_place(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        f"[calendars]\n[[parloir]]\npath = {tmp_path / 'calendar'}\ntype = calendar\n"
        f"[sqlite]\npath = {tmp_path / 'khal.db'}\n"
        "[locale]\nlocal_timezone = Europe/Brussels\ndefault_timezone = Europe/Brussels\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n",
        encoding="utf-8",
    )
    moved = replace(MOVED, ends_at=MOVED.starts_at + timedelta(hours=1))
    for booking in (BOOKING, moved):
        file = tmp_path / "invitation.ics"
        file.write_text(message(booking), encoding="utf-8", newline="")
        khal(config, "import", "--batch", "-a", "parloir", str(file))
    shown = khal(
        config, "list", "--format", "{start} {title}", "--day-format", "", "2026-09-22", "2026-09-26"
    )
    assert shown.split("\n")[:2] == ["2026-09-24 10:00 Entretien K7Q-4M2", ""]


def khal(config: Path, *words: str) -> str:
    command = ["/usr/bin/khal", "-c", str(config), *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return ran.stdout


@EVERY
def test_radicale_keeps_the_entry_of_a_mail(tmp_path: Path, booking: Booking) -> None:
    # a mail program strips the method before it puts an entry into a calendar (RFC 4791, section 4.1)
    text = re.sub(r"METHOD:\w+\r\n", "", message(booking))
    with running_radicale(tmp_path) as calendar:
        assert calendar.ask("PUT", "entry.ics", text)[0] == 201
        status, kept = calendar.ask("GET", "entry.ics")
    assert status == 200
    assert f"UID:{booking.uid}\r\n" in kept
