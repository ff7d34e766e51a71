"""Guests of an interview in a house of the tests: invited, given a link and a code, brought to their door."""

import re
from html import unescape

from sqlalchemy import insert, select

from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import guests, interviews, participants
from server.app_keys import SECRETS
from server.guest_links import secret_of
from server.tables import guest_links
from tests.support.web import Browser, House, Page

ADDRESS = "maes@example.org"
NAME = "Maître Maes"
_CODE = re.compile(r'class="p-ref">(\d{3}) (\d{3})<')
_LINK = re.compile(r"/guest#([\w-]{32})")


async def seat_guest(
    house: House, interview_id: str, role: ParticipantRole = ParticipantRole.LAWYER, *, email: str = ADDRESS
) -> str:
    """Invite somebody to whom the post has agreed; gives their seat."""
    guest_id, seat_id = new_id(), new_id()
    async with house.transaction() as session:
        booking_id = await session.scalar(
            select(interviews.c.booking_id).where(interviews.c.id == interview_id)
        )
        who = {"id": guest_id, "booking_id": booking_id, "role": role, "name": NAME, "email": email}
        await session.execute(insert(guests).values(telephone="+32 2 000", is_agreed=True, **who))
        seat = {"id": seat_id, "interview_id": interview_id, "role": role, "guest_id": guest_id}
        await session.execute(insert(participants).values(name=NAME, **seat))
    return seat_id


async def make_link(house: House, staff: Browser, interview_id: str, seat_id: str) -> str:
    """Have the staff make a link; gives its secret as the mail would bear it."""
    await staff.get(f"/interviews/{interview_id}")
    answer = await staff.post(f"/interviews/{interview_id}/guest-link", {"participant_id": seat_id})
    assert answer.status in {200, 303}, answer.text
    return await secret_for(house, seat_id)


async def secret_for(house: House, seat_id: str) -> str:
    async with house.transaction() as session:
        link_id = await session.scalar(
            select(guest_links.c.id).where(guest_links.c.participant_id == seat_id)
        )
    return secret_of(house.app[SECRETS].guest, str(link_id))


async def make_code(staff: Browser, interview_id: str, seat_id: str) -> str:
    """Have the staff make a code; gives it as the page shows it."""
    await staff.get(f"/interviews/{interview_id}")
    answer = await staff.post(f"/interviews/{interview_id}/guest-code", {"participant_id": seat_id})
    return code_on(answer)


def code_on(page: Page) -> str:
    found = _CODE.search(page.text)
    assert found is not None, page.text
    return "".join(found.groups())


def link_on(text: str) -> str:
    """The secret that stands in a text."""
    found = _LINK.search(unescape(text))
    assert found is not None, text
    return found[1]


async def knock(browser: Browser, secret: str, code: str | None = None) -> Page:
    """Open the link, and give the code unless there is none."""
    await browser.get("/guest")
    fields = {"link": secret, **({} if code is None else {"code": code})}
    return await browser.post("/guest", fields)


async def guest_in(
    house: House, staff: Browser, interview_id: str, role: ParticipantRole = ParticipantRole.LAWYER
) -> tuple[str, Browser]:
    """A guest who opened their link with its code: their seat, and their browser."""
    seat_id = await seat_guest(house, interview_id, role)
    secret = await make_link(house, staff, interview_id, seat_id)
    code = await make_code(staff, interview_id, seat_id)
    browser = house.browser()
    answer = await knock(browser, secret, code)
    assert answer.status == 303, answer.text
    await browser.get(answer.location)
    return seat_id, browser
