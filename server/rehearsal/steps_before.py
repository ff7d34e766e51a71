"""The steps until both sides see and hear each other: booked, confirmed, joined, relayed."""

import asyncio
import html
from datetime import datetime, timedelta
from typing import Final

from server.clock import utc_now
from server.rehearsal.card import Side
from server.rehearsal.errors import NotOnPage
from server.rehearsal.page import Link, Page
from server.rehearsal.stage import Stage
from server.rehearsal.visitor import Visitor

COUNTRY: Final = "GN"
ID: Final = "[0-9a-z]{26}"
NOTICE: Final = timedelta(seconds=20)  # a slot that starts sooner might be over before the post confirms it
RELAY_SECONDS: Final = 30.0


async def booked(stage: Stage) -> str:
    """Centre staff opens a case, asks the officer's post for the first slot."""
    page = await stage.staff.get("/cases/new")
    today = utc_now().date()
    case = await stage.staff.submit(
        page.form("/cases/new", "family_name"),
        {
            "family_name": "Répétition",
            "given_names": "Essai",
            "country": COUNTRY,
            "detained_on": (today - timedelta(days=1)).isoformat(),
            "detention_ends_on": (today + timedelta(days=30)).isoformat(),
            "suitability": "suitable",
        },
    )
    posts = await stage.staff.get(f"{case.path}/request")
    post = _post_of(posts, await stage.officer.get("/"))
    terms = await stage.staff.get(post.href)
    slots = await stage.staff.submit(terms.form("", "modality"), {"modality": "video"})
    form = slots.form("", "add")
    slot = _first_slot(slots, form.choices["add"])
    slots = await stage.staff.submit(form, {"add": slot})
    guests = await stage.staff.submit(slots.form("", "drop"), {"next": "1"})
    check = await stage.staff.submit(guests.form("/participants"), {"done": "1"})
    booking = await stage.staff.submit(check.form("/check"), {"send": "1"})
    stage.booking_id = booking.path.rpartition("/")[2]
    return f"slot {slot.rpartition('|')[2]}"


async def confirmed(stage: Stage) -> str:
    """The officer finds the request among those to answer, and says yes."""
    path = f"/bookings/{stage.booking_id}"
    requests = await stage.officer.get("/requests")
    requests.links_to(path)
    page = await stage.officer.get(path)
    booking = await stage.officer.submit(page.form("/confirm"), {})
    stage.interview_id = booking.links_to(f"/interviews/{ID}")[0].path.rpartition("/")[2]
    return "the post said yes"


async def joined(stage: Stage) -> str:
    """Both sides pass the check and connect; the officer waits until the host admits them."""
    line = f"{stage.kit.url}{stage.interview}/line"
    for visitor in (stage.staff, stage.officer):
        await visitor.get(f"{stage.interview}/check")
        await visitor.post(f"{stage.interview}/check", {"line": "good"})
        await come_to_the_room(stage, visitor)
    await stage.host_peer.enter(stage.staff.http, line, stage.staff.base)
    await stage.officer_peer.enter(stage.officer.http, line, stage.officer.base)
    await stage.officer_peer.until("waiting")
    welcome = await stage.officer_peer.until("welcome")
    await stage.staff.act(f"{stage.interview}/admit", {"participant_id": welcome["participant"]})
    await asyncio.gather(stage.host_peer.until("admitted"), stage.officer_peer.until("admitted"))
    await asyncio.gather(stage.host_peer.until_connected(), stage.officer_peer.until_connected())
    return "the officer waited until the host admitted them"


async def come_to_the_room(stage: Stage, visitor: Visitor) -> None:
    """Open the page of the room; where it is not the hour yet, its host confirms that it is meant."""
    page = await visitor.get(f"{stage.interview}/room")
    early = [form for form in page.forms if form.action.endswith("/early")]
    if early:
        await visitor.submit(early[0], {})


async def relayed(stage: Stage) -> str:
    """Each side decodes the other's card and tone."""
    await asyncio.gather(
        stage.host_peer.until_relayed(Side.POST, seconds=RELAY_SECONDS),
        stage.officer_peer.until_relayed(Side.CENTRE, seconds=RELAY_SECONDS),
    )
    ages = stage.host_peer.delay_ms(), stage.officer_peer.delay_ms()
    return f"card and tone both ways, pictures {ages[0]} and {ages[1]} ms old"


def _post_of(posts: Page, desk: Page) -> Link:
    """Choose the post that the officer works at: their desk names it, and so does the link."""
    words = " ".join(html.unescape(desk.text).split())
    links = posts.links_to(f"/cases/{ID}/request/{ID}/terms")
    for link in links:
        name = " ".join(link.words.rpartition(":")[2].split())
        if name and name in words:
            return link
    raise NotOnPage(posts.path, "post of the officer who rehearses")


def _first_slot(page: Page, choices: list[str]) -> str:
    soonest = utc_now() + NOTICE
    starts = {
        choice: datetime.fromisoformat(choice.rpartition("|")[2]) for choice in choices if "|" in choice
    }
    free = sorted((starts_at, choice) for choice, starts_at in starts.items() if starts_at >= soonest)
    if not free:
        raise NotOnPage(page.path, "free slot")
    return free[0][1]
