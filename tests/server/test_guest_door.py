"""The way in of a guest: a link, a code, one interview, and the same closed door whatever closed it."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import bookings, focal_points, history, interviews, outbox, participants, requests
from server.guest_links import MOST_WRONG_TRIES, OPEN_AFTER_END
from server.handlers import stills
from server.mail_server import MailServer
from server.routes import ROUTES
from server.tables import guest_links, guest_logins
from tests.support.guests import (
    code_on,
    guest_in,
    knock,
    link_on,
    make_code,
    make_link,
    seat_guest,
    secret_for,
)
from tests.support.interview import Meeting, book, meeting_in
from tests.support.web import CENTRE, House, Page, running_house

LAWYER, INTERPRETER = ParticipantRole.LAWYER, ParticipantRole.INTERPRETER
CLOSED = "Aucun entretien n’est ouvert ici"


@pytest.fixture
async def meeting(house: House) -> Meeting:
    return await meeting_in(house)


async def test_the_link_asks_for_the_code_and_the_code_opens_the_room(house: House, meeting: Meeting) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    code = await make_code(meeting.host, meeting.id, seat)
    guest = house.browser()
    asked = await knock(guest, secret)
    assert (asked.status, asked.says("Saisissez votre code")) == (200, True)
    assert meeting.reference not in asked.text
    let_in = await knock(guest, secret, f"{code[:3]} {code[3:]}")
    assert (let_in.status, let_in.location) == (303, meeting.path("room"))
    room = await guest.get(let_in.location)
    assert room.status == 200
    assert room.says("Vous, avocat")
    assert "Diallo" not in room.text
    again = await knock(guest, secret)
    assert (again.status, again.location) == (303, meeting.path("room"))


TELEPHONE = "+32\u00a02\u00a0111\u00a011\u00a011"
FORM = {"consent": "yes", "line": "good", "trouble": "hears_nothing"}


async def test_a_guest_finds_their_own_interview_and_nothing_else(house: House, meeting: Meeting) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    other, _, _ = await book(house)
    ids = {"booking_id": "b", "case_id": "c", "file_id": "f", "place_id": "p", "post_id": "o", "kind": "post"}
    ids |= {
        "centre_id": "e",
        "country": "GN",
        "member_state": "BE",
        "mail_id": "m",
        "still_id": "s",
        "language": "ar",
    }
    found: dict[str, set[int]] = {meeting.id: set(), other: set()}
    own = {"check", "room", "answer", "trouble"}
    for route in ROUTES:
        if route.permission == "public" or route.name in {"line", "probe"}:
            continue
        for interview_id in found:
            path = route.path.format(interview_id=interview_id, **ids)
            is_get = route.method == "GET"
            page = await (guest.get(path) if is_get else guest.post(path, FORM))
            is_own = interview_id == meeting.id and (route.name in own or route.handler is stills.bring)
            assert (page.status == 404) is not is_own, (route, page.status)
    desk = await guest.get("/")
    assert (desk.status, desk.location) == (303, meeting.path("room"))


async def test_the_secret_and_the_code_stand_nowhere(house: House, meeting: Meeting) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    code = await make_code(meeting.host, meeting.id, seat)
    assert (await knock(house.browser(), secret, code)).status == 303
    async with house.transaction() as session:
        for table in (guest_links, guest_logins, participants, history, outbox):
            for row in await session.execute(select(table)):
                assert secret not in str(tuple(row))
                assert code not in str([value for value in row if not isinstance(value, bytes)])
    assert link_on(f"/guest#{secret}") == secret
    for path in ("/guest", meeting.path("room")):
        assert secret not in (await meeting.host.get(path)).text
    page = await meeting.host.get(f"/interviews/{meeting.id}")
    assert code not in page.text
    assert secret not in page.text


async def test_wrong_codes_lock_the_link_until_the_centre_makes_a_new_one(
    house: House, meeting: Meeting
) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    code = await make_code(meeting.host, meeting.id, seat)
    wrong = "000000" if code != "000000" else "111111"
    guest = house.browser()
    for _ in range(MOST_WRONG_TRIES - 1):
        page = await knock(guest, secret, wrong)
        assert (page.status, page.says("Ce n’est pas le code")) == (422, True)
    assert (await knock(guest, secret, wrong)).says("Trop de codes erronés")
    page = await knock(guest, secret, code)
    assert (page.status, page.says("Trop de codes erronés")) == (422, True)
    shown = await meeting.host.get(f"/interviews/{meeting.id}")
    assert shown.says("verrouillé jusqu’à ce que vous en donniez un nouveau")
    fresh = await make_code(meeting.host, meeting.id, seat)
    assert (await knock(guest, secret, fresh)).status == 303


async def test_trying_is_limited_for_each_link_even_with_ever_new_codes(
    house: House, meeting: Meeting
) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    guest = house.browser()
    for _ in range(3):
        code = await make_code(meeting.host, meeting.id, seat)
        wrong = "000000" if code != "000000" else "111111"
        for _ in range(4):
            page = await knock(guest, secret, wrong)
    assert page.says("Trop d’essais")
    assert (await knock(guest, secret, code)).says("Trop d’essais")


async def test_before_a_code_was_made_none_opens(house: House, meeting: Meeting) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    for code in ("", "000000"):
        assert (await knock(house.browser(), secret, code)).status == 422


async def test_a_code_is_of_one_link(house: House, meeting: Meeting) -> None:
    seats = [await seat_guest(house, meeting.id, role) for role in (LAWYER, INTERPRETER)]
    secrets = [await make_link(house, meeting.host, meeting.id, seat) for seat in seats]
    codes = [await make_code(meeting.host, meeting.id, seat) for seat in seats]
    assert codes[0] == codes[1] or (await knock(house.browser(), secrets[0], codes[1])).status == 422


async def test_only_the_centres_staff_give_ways_in(house: House, meeting: Meeting) -> None:
    seat = await seat_guest(house, meeting.id)
    await make_link(house, meeting.host, meeting.id, seat)
    await meeting.officer.get(f"/interviews/{meeting.id}")
    for rest in ("guest-link", "guest-code", "guest-link/revoke"):
        assert (await meeting.officer.post(meeting.path(rest), {"participant_id": seat})).status == 404
    assert not (await meeting.officer.get(f"/interviews/{meeting.id}")).says("Liens des invités")
    for role in (ParticipantRole.CONSULAR_OFFICER, ParticipantRole.DETAINEE):
        for rest in ("guest-link", "guest-code", "guest-link/revoke"):
            answer = await meeting.host.post(meeting.path(rest), {"participant_id": meeting.seats[role]})
            assert answer.status == 404, (role, rest)


async def test_who_has_no_address_gets_the_link_from_the_staffs_own_hands(
    house: House, meeting: Meeting
) -> None:
    seat = await seat_guest(house, meeting.id, email="")
    await meeting.host.get(f"/interviews/{meeting.id}")
    shown = await meeting.host.post(meeting.path("guest-link"), {"participant_id": seat})
    secret = link_on(shown.text)
    assert secret == await secret_for(house, seat)
    code = await make_code(meeting.host, meeting.id, seat)
    assert (await knock(house.browser(), secret, code)).status == 303


@pytest.mark.database
async def test_where_mails_leave_the_staff_are_not_shown_the_link(tmp_path: Path) -> None:
    away = MailServer("127.0.0.1", 9, "", has_starttls=False)
    async with running_house(tmp_path, smtp=away, mail_from="parloir@example.org") as house:
        meeting = await meeting_in(house)
        seat = await seat_guest(house, meeting.id)
        before = await meeting.host.get(f"/interviews/{meeting.id}")
        assert f'action="{meeting.path("guest-link")}#fresh"' in before.text
        answer = await meeting.host.post(meeting.path("guest-link"), {"participant_id": seat})
        assert (answer.status, answer.location) == (303, f"/interviews/{meeting.id}")
        page = await meeting.host.get(answer.location)
        assert page.says("Un nouveau lien part chez l’invité")
        assert 'id="fresh"' not in page.text, "the browser would scroll past the line that confirms"
        assert await secret_for(house, seat) not in page.text


async def test_a_new_link_ends_the_former_its_code_and_its_logins(house: House, meeting: Meeting) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    former = await secret_for(house, seat)
    fresh = await make_link(house, meeting.host, meeting.id, seat)
    assert fresh != former
    out = await guest.get(meeting.path("room"))
    assert (out.status, out.location) == (303, "/guest")
    assert (await knock(house.browser(), former)).says(CLOSED)
    asked = await knock(house.browser(), fresh)
    assert asked.says("Saisissez votre code")
    page = await meeting.host.get(f"/interviews/{meeting.id}")
    assert page.says("Pas encore de code.")


async def test_signing_out_ends_it_on_this_device_alone(house: House, meeting: Meeting) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    secret = await secret_for(house, seat)
    code = await make_code(meeting.host, meeting.id, seat)
    second = house.browser()
    assert (await knock(second, secret, code)).status == 303
    left = await guest.post("/sign-out")
    assert (left.status, left.location) == (303, "/guest")
    assert (await guest.get(meeting.path("room"))).status == 303
    assert (await second.get(meeting.path("room"))).status == 200


async def test_who_signs_in_as_a_guest_is_signed_out_of_their_account(house: House, meeting: Meeting) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    code = await make_code(meeting.host, meeting.id, seat)
    before = meeting.officer.cookie("parloir")
    assert (await knock(meeting.officer, secret, code)).status == 303
    assert (await meeting.officer.get("/account")).status == 404
    thief = house.browser()
    thief.session.cookie_jar.update_cookies({"parloir": before})
    assert (await thief.get("/account")).location.startswith("/sign-in")


ENDS = ("unknown", "revoked", "cancelled", "stopped", "expired", "replaced", "released", "withdrawn")


@pytest.mark.parametrize("how", ENDS)
async def test_whatever_closed_a_door_it_looks_the_same(house: House, meeting: Meeting, how: str) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    secret = await secret_for(house, seat)
    await close(house, meeting, seat, how)
    if how == "unknown":
        secret, guest = "x" * 32, house.browser()
        await guest.get("/guest")
    reference = bare(await knock(house.browser(), "y" * 32))
    page = await knock(house.browser(), secret)
    assert (page.status, bare(page)) == (404, reference)
    with_code = await knock(house.browser(), secret, "123456")
    assert (with_code.status, bare(with_code)) == (404, reference)
    if how != "unknown":
        for rest in ("room", "check"):
            out = await guest.get(meeting.path(rest))
            assert (out.status, out.location) == (303, "/guest"), how
        async with guest.session.get(meeting.path("line")) as line:
            assert line.status in {303, 401, 200}
            assert meeting.reference not in await line.text()


async def say_it_ended(house: House, meeting: Meeting, *, is_stopped: bool = False) -> None:
    """End the interview as its host does, or as a protection stop does while it runs."""
    if not is_stopped:
        answer = await meeting.host.post(meeting.path("end"), {"ending": "person_absent"})
        assert answer.status == 303, answer.text
        return
    async with house.transaction() as session:
        await session.execute(update(interviews).values(started_at=house.clock()))
    await close(house, meeting, "", "stopped")


@pytest.mark.parametrize("is_stopped", [False, True], ids=["ended", "stopped"])
async def test_who_holds_a_link_to_an_interview_that_has_ended_reads_so_and_whom_to_ask(
    house: House, meeting: Meeting, is_stopped: bool
) -> None:
    async with house.transaction() as session:
        point = {"id": new_id(), "organisation_id": house.organisations[CENTRE], "name": "Permanence"}
        await session.execute(insert(focal_points).values(telephone="+32 2 111 11 11", **point))
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    secret = await secret_for(house, seat)
    await say_it_ended(house, meeting, is_stopped=is_stopped)
    page = await knock(house.browser(), secret)
    assert page.status == 410
    out = await guest.get(meeting.path("room"))
    assert (out.status, out.location) == (303, "/guest")
    for read in (page, await guest.get("/guest")):
        assert read.says("L’entretien est terminé")
        assert read.says(f"{CENTRE} : {TELEPHONE}")
        assert not read.says("remplacé")
        assert meeting.reference not in read.text
    assert (await guest.get("/guest")).text.count("<p>") == page.text.count("<p>")


async def test_its_words_are_there_in_the_other_language(house: House, meeting: Meeting) -> None:
    seat, _ = await guest_in(house, meeting.host, meeting.id)
    secret = await secret_for(house, seat)
    await say_it_ended(house, meeting)
    guest = house.browser()
    await knock(guest, secret)
    page = await guest.post("/language?keep=/guest", {"link": secret, "speak": "en"}, allow_redirects=True)
    assert page.says("The interview has ended")


@pytest.mark.parametrize("how", ["revoked", "replaced", "expired"])
async def test_who_holds_no_link_any_more_does_not_learn_that_it_ended(
    house: House, meeting: Meeting, how: str
) -> None:
    seat, guest = await guest_in(house, meeting.host, meeting.id)
    secret = await secret_for(house, seat)
    if how == "revoked":
        await close(house, meeting, seat, how)
    await say_it_ended(house, meeting)
    if how != "revoked":
        await close(house, meeting, seat, how)
    assert (await knock(house.browser(), secret)).status == 404
    assert (await guest.get("/guest")).says("Aucun entretien")


async def close(house: House, meeting: Meeting, seat: str, how: str) -> None:
    i = interviews
    async with house.transaction() as session:
        row = (
            await session.execute(
                select(bookings).join(i, i.c.booking_id == bookings.c.id).where(i.c.id == meeting.id)
            )
        ).one()
    if how == "revoked":
        answer = await meeting.host.post(meeting.path("guest-link/revoke"), {"participant_id": seat})
        assert answer.status == 303
    elif how == "cancelled":
        await meeting.host.get(f"/bookings/{row.id}")
        answer = await meeting.host.post(f"/bookings/{row.id}/cancel", {"code": "by_centre"})
        assert answer.status == 303, answer.text
    elif how == "stopped":
        answer = await meeting.host.post(f"/cases/{row.case_id}/protection", {"open": "yes"})
        assert answer.status == 303, answer.text
    elif how == "released":
        answer = await meeting.host.post(f"/cases/{row.case_id}/leaving", {"status": "released"})
        assert answer.status == 303, answer.text
    elif how == "expired":
        house.clock.set(row.ends_at + OPEN_AFTER_END + timedelta(seconds=1))
    elif how == "replaced":
        async with house.transaction() as session:
            await session.execute(update(guest_links).values(person_id="somebody0else0000000000000"))
    elif how == "withdrawn":
        async with house.transaction() as session:
            await session.execute(update(requests).values(ended_at=house.clock()))


def bare(page: Page) -> str:
    """A page without its form token."""
    return page.text.replace(page.text.split('name="csrf-token" content="')[1].split('"')[0], "TOKEN")


async def test_a_link_holds_until_some_hours_after_the_planned_end(house: House, meeting: Meeting) -> None:
    _, guest = await guest_in(house, meeting.host, meeting.id)
    house.clock.advance(minutes=60 + OPEN_AFTER_END // timedelta(minutes=1) - 1)
    assert (await guest.get(meeting.path("room"))).status == 200


async def test_the_code_page_names_the_telephone_of_the_centre_where_one_is_known(
    house: House, meeting: Meeting
) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    assert (await knock(house.browser(), secret)).says("l’invitation le nomme")
    async with house.transaction() as session:
        point = {"id": new_id(), "organisation_id": house.organisations[CENTRE], "name": "Permanence"}
        await session.execute(insert(focal_points).values(telephone="+32 2 111 11 11", **point))
    assert (await knock(house.browser(), secret)).says(TELEPHONE)


async def test_another_language_keeps_the_link_that_was_opened(house: House, meeting: Meeting) -> None:
    seat = await seat_guest(house, meeting.id)
    secret = await make_link(house, meeting.host, meeting.id, seat)
    guest = house.browser()
    await knock(guest, secret)
    fields = {"link": secret, "code": "12", "speak": "en"}
    page = await guest.post("/language?keep=/guest", fields, allow_redirects=True)
    assert page.status == 200
    assert page.says("Enter your code")
    assert secret in page.text
    code = code_on(await meeting.host.post(meeting.path("guest-code"), {"participant_id": seat}))
    assert (await knock(guest, secret, code)).status == 303
