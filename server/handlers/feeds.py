"""A subscribed calendar behind its secret address, and making and ending it on the account's page."""

import hashlib
from datetime import datetime

from aiohttp import web

from scheduling.booking import Booking, Modality
from scheduling.calendar import Entry, published_text
from server import feeds
from server.app_keys import ATTEMPTS, LANGUAGES, SETTINGS
from server.errors import TooManyAttempts
from server.exchange import actor, address_of, clock, see_other, transaction, url_for
from server.forms import Form
from server.handlers.account import ACCOUNT, account_facts
from server.i18n import Language
from server.pages import render
from server.said import Done, say
from server.ways import calendar_title

_EPOCH = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


async def give_feed(request: web.Request) -> web.Response:
    """Give the confirmed bookings of whoever holds the secret, as far as their pages show them."""
    secret = request.match_info["secret"]
    try:
        await request.app[ATTEMPTS].count("feed", account=secret, address=address_of(request))
    except TooManyAttempts:
        raise web.HTTPTooManyRequests from None
    async with transaction(request) as session:
        found = await feeds.reader_of(session, clock(request), secret)
        if found is None:
            raise web.HTTPNotFound
        who, code = found
        rows = await feeds.bookings_fed(session, who, clock(request)())
    reader = request.app[LANGUAGES].choose(code)
    text = published_text(
        [_entry(request, reader, *row) for row in rows],
        organizer=request.app[SETTINGS].mail_from,
        now=_changed_at([booking for booking, _, _ in rows]),
    )
    return _answer(request, text)


async def make_feed(request: web.Request) -> web.Response:
    """Make the account a new address and show it this once."""
    async with transaction(request) as session:
        secret = await feeds.make_feed(session, clock(request), actor(request))
    address = request.app[SETTINGS].url + url_for(request, "feed", secret=secret)
    facts = {**await account_facts(request), "feed_address": address}
    return render(request, ACCOUNT, form=Form(), **facts)


async def drop_feed(request: web.Request) -> web.Response:
    """End the account's subscription."""
    async with transaction(request) as session:
        await feeds.drop_feed(session, actor(request))
    return say(request, see_other(request, "account"), Done.FEED_ENDED)


def _entry(request: web.Request, reader: Language, booking: Booking, reference: str, place: str) -> Entry:
    title = calendar_title(booking.modality, reference, reader)
    place = "" if booking.modality is Modality.IN_PERSON else place
    page = request.app[SETTINGS].url + url_for(request, "booking", booking_id=booking.id)
    return Entry(booking=booking, title=title, place=place, url=page)


def _changed_at(bookings: list[Booking]) -> datetime:
    """Return a moment that changes with the bookings alone: an unchanged calendar is the same text."""
    return max((booking.answered_at or booking.requested_at for booking in bookings), default=_EPOCH)


def _answer(request: web.Request, text: str) -> web.Response:
    tag = hashlib.sha256(text.encode()).hexdigest()
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    asked = request.if_none_match or ()
    if any(each.value == tag for each in asked):
        return web.Response(status=304, headers=headers)
    return web.Response(text=text, content_type="text/calendar", charset="utf-8", headers=headers)
