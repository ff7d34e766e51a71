"""Bookings as iCalendar texts (RFC 5545): invitations and cancellations (iTIP, RFC 5546), entries to read.

Times are UTC; a person is the case reference and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress

from scheduling.booking import Booking, Status

_PRODUCT = "-//Parloir//Parloir//EN"
_OVER = frozenset({Status.CANCELLED, Status.WITHDRAWN, Status.DECLINED, Status.EXPIRED})
_STANDS = frozenset({Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booking in a reader's words: `title` is neutral and holds the reference; `url` is its page."""

    booking: Booking
    title: str
    place: str = ""
    url: str = ""


def message_text(entry: Entry, *, organizer: str, attendee: str, now: datetime) -> str:
    """Return an iTIP message to one attendee: REQUEST while the booking holds, CANCEL once it is over.

    Both addresses are mail addresses; nobody else who is invited is named.
    """
    is_over = entry.booking.status in _OVER
    event = _event(entry, organizer, now)
    guest = vCalAddress(f"mailto:{attendee}")
    if not is_over:
        guest.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    event.add("attendee", guest, encode=False)
    return _calendar("CANCEL" if is_over else "REQUEST", [event])


def published_text(entries: Iterable[Entry], *, organizer: str, now: datetime) -> str:
    """Return entries for reading: a downloaded file or a subscription (METHOD PUBLISH)."""
    return _calendar("PUBLISH", [_event(entry, organizer, now) for entry in entries])


def _event(entry: Entry, organizer: str, now: datetime) -> Event:
    booking = entry.booking
    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", entry.title)
    event.add("status", _state(booking.status))
    event.add("class", "CONFIDENTIAL")
    event.add("organizer", vCalAddress(f"mailto:{organizer}"), encode=False)
    if entry.place:
        event.add("location", entry.place)
    if entry.url:
        event.add("url", entry.url)
    return event


def _state(status: Status) -> str:
    if status in _OVER:
        return "CANCELLED"
    return "CONFIRMED" if status in _STANDS else "TENTATIVE"


def _calendar(method: str, events: Iterable[Event]) -> str:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text.decode()
