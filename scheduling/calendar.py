"""A booking as an iCalendar text: UTC times, the case reference, no name."""

from datetime import datetime

from icalendar import Calendar, Event

from scheduling.booking import Booking, Status

_PRODUCT = "-//Parloir//Parloir//EN"
_METHODS = {Status.CANCELLED: "CANCEL", Status.WITHDRAWN: "CANCEL"}
_STATES = {Status.CONFIRMED: "CONFIRMED", Status.CANCELLED: "CANCELLED", Status.WITHDRAWN: "CANCELLED"}


def calendar_text(booking: Booking, *, reference: str, title: str, place: str = "", now: datetime) -> str:
    """Return the booking as one VEVENT (RFC 5545); a cancelled one withdraws the earlier entry.

    `title` is neutral and translated by the caller; the reference is appended to it.
    """
    event = Event()
    event.add("uid", booking.uid)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", f"{title} {reference}")
    event.add("status", _STATES.get(booking.status, "TENTATIVE"))
    event.add("class", "CONFIDENTIAL")
    if place:
        event.add("location", place)
    entry = Calendar()
    entry.add("prodid", _PRODUCT)
    entry.add("version", "2.0")
    entry.add("method", _METHODS.get(booking.status, "REQUEST"))
    entry.add_component(event)
    text: bytes = entry.to_ical()
    return text.decode()
