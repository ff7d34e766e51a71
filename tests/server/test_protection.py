"""The protection stop as pages see it: everything ends at once, and no page of the post tells why."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from string import ascii_letters

import pytest
from sqlalchemy import insert

from recordings import tables as records
from scheduling import tables
from scheduling.identifier import new_id
from server.app_keys import MEDIA
from server.jobs import JOBS
from server.tables import mails
from tests.support.pages import World, field_error, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

_VARIES = (
    (re.compile(r"\b[0-9a-z]{26}\b"), "ID"),
    (re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b"), "REF"),
    (re.compile(r'(csrf[-_]token" (?:content|value)=)"[^"]*"'), r"\1"),
    (re.compile(r"\d+"), "N"),
    (re.compile(r"(?i)lundi|mardi|mercredi|jeudi|vendredi"), "DAY"),
)
_ACTS = {
    "end": {"ending": "normal"},
    "check": {"line": "good"},
    "recording": {"run": "start"},
    "minutes": {"kind": "answer", "text": "Oui."},
    "evidence": {"kind": "birth_certificate", "presented_by": "detainee"},
    "outcome": {"value": "inconclusive", "travel_document": "no", "reasons": "Sans avis."},
}
Act = Callable[[World, str, str], Awaitable[object]]


async def stop(world: World, case: str, _booking: str) -> None:
    page = await world.staff.post(f"{case}/protection", {"open": "yes"})
    assert page.location == case


async def supervisor_stops(world: World, case: str, _booking: str) -> None:
    page = await world.supervisor.post(f"{case}/protection", {"open": "yes"})
    assert page.location == case


async def give_up(world: World, _case: str, booking: str) -> None:
    page = await world.staff.post(f"{booking}/cancel", {"code": "by_centre"})
    assert page.location == booking


async def leave(world: World, case: str, _booking: str) -> None:
    page = await world.staff.post(f"{case}/leaving", {"status": "released"})
    assert page.location == case


async def all_that_the_officer_reaches(world: World, booking: str, interview: str) -> dict[str, str]:
    """Every answer that an officer can get about one booking, without what differs from one to the next."""
    officer = world.officer
    answers = {}
    for path in (booking, f"{booking}/calendar", f"{booking}/other-slot", *_below(interview)):
        page = await officer.get(path)
        answers[path] = f"{HTTPStatus(page.status).name} {page.location} {page.text}"
    for letter, (rest, fields) in zip(ascii_letters, await _answers(world, booking), strict=False):
        page = await officer.post(f"{booking}/{rest}", fields)
        answers[f"POST {letter} {rest}"] = f"{HTTPStatus(page.status).name} {page.location} {page.text}"
    for rest, fields in _ACTS.items() if interview else ():
        page = await officer.ask_json("POST", f"{interview}/{rest}", fields)
        answers[f"POST {interview}/{rest}"] = f"{HTTPStatus(page.status).name} {page.text}"
    ids = {last_of(booking), last_of(interview)}
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    (case,) = await world.rows(tables.cases, id=row["case_id"])
    lists = [f"/{page}?reference={case['reference']}" for page in ("requests", "interviews")]
    days = [f"/{page}?on={row['starts_at']:%Y-%m-%d}" for page in ("day", "week")]
    for path in ("/", *lists, *days):
        page = await officer.get(path)
        rows = re.findall(r"<li.*?</li>", page.text, re.DOTALL)
        answers[path] = "".join(row for row in rows if any(each in row for each in ids if each))
    return {_plain(path): _plain(text) for path, text in answers.items()}


async def _answers(world: World, booking: str) -> list[tuple[str, dict[str, str]]]:
    """Every form of a booking's page as a post may send it, whether it is shown or not."""
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    guest = next((each["id"] for each in await world.rows(tables.guests, booking_id=row["id"])), "")
    places = [row["starts_at"], row["starts_at"] + timedelta(days=7)]
    return [
        *(("confirm", {"rank": rank}) for rank in ("1", "2")),
        ("decline", {"code": "no_capacity"}),
        ("guests", {"agreed": guest}),
        ("cancel", {"code": "technical"}),
        *(("proposal", {"answer": answer}) for answer in ("accept", "refuse", "take_back")),
        *(("other-slot", {"slot": f"{row['room_id']}|{at.isoformat()}", "send": "1"}) for at in places),
    ]


async def all_that_was_written(world: World, booking: str) -> list[list[str]]:
    """Every mail about a booking, to whoever it went: the sides, the guests and the interpreter."""
    await world.house.app[JOBS].run()
    names = ("event", "to_address", "language", "subject", "text", "html", "calendar", "state")
    rows = await world.rows(mails, booking_id=last_of(booking))
    written = [[_plain(str(row[name]).replace("\r\n ", "")) for name in names] for row in rows]
    return sorted(written)


def _below(interview: str) -> list[str]:
    rests = ("", "/room", "/before", "/check", "/minutes", "/evidence", "/outcome", "/sealed")
    return [f"{interview}{rest}" for rest in rests] if interview else []


def _plain(text: str) -> str:
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return text


@pytest.mark.parametrize("how", [stop, supervisor_stops])
async def test_a_withdrawn_request_reads_like_any_other(world: World, how: Act) -> None:
    seen = []
    for act in (how, give_up):
        case = await world.case()
        booking = await world.requested(case)
        await act(world, case, booking)
        seen.append(await all_that_the_officer_reaches(world, booking, ""))
    assert seen[0] == seen[1]
    assert "Retiré" in seen[0]["/bookings/ID"]


@pytest.mark.parametrize("how", [stop, supervisor_stops])
async def test_a_cancelled_interview_reads_like_any_other(world: World, how: Act) -> None:
    seen = []
    for act in (how, give_up):
        case = await world.case()
        booking, interview = await world.confirmed(case)
        await act(world, case, booking)
        seen.append(await all_that_the_officer_reaches(world, booking, interview))
    assert seen[0] == seen[1]
    assert seen[0]["/interviews/ID"].startswith("OK")


async def asked(world: World, case: str, wishes: int) -> str:
    page = await world.ask(case, slot=(await world.slots(case))[:wishes])
    assert page.status == 303, page.text
    await world.house.app[JOBS].run()
    return f"/bookings/{last_of(page.location)}"


async def confirmed(world: World, booking: str, **fields: str) -> None:
    page = await world.officer.post(f"{booking}/confirm", fields)
    assert page.status == 303, page.text
    await world.house.app[JOBS].run()


async def offer(world: World, who: str, booking: str) -> None:
    page = await world.people[who].get(f"{booking}/other-slot")
    slots = re.findall(r'name="slot" value="([^"]+)"', page.text)
    page = await world.people[who].post(f"{booking}/other-slot", {"slot": unescape(slots[-1]), "send": "1"})
    assert page.status == 303, page.text
    await world.house.app[JOBS].run()


async def a_request_with_guests(world: World, case: str) -> str:
    booking = await asked(world, case, 1)
    guest = {"booking_id": last_of(booking), "name": "Claire Peeters", "language": "fr"}
    async with world.house.transaction() as session:
        for role, is_agreed in (("guardian", True), ("lawyer", None), ("liaison_officer", None)):
            row = {"id": new_id(), "role": role, "email": f"{role}@example.org", "is_agreed": is_agreed}
            await session.execute(insert(tables.guests).values(**guest, **row))
    return booking


async def an_interview_with_guests(world: World, case: str) -> str:
    booking = await a_request_with_guests(world, case)
    (lawyer,) = await world.rows(tables.guests, booking_id=last_of(booking), role="lawyer")
    await confirmed(world, booking, agreed=lawyer["id"])
    return booking


async def an_interview_agreed_before_a_word_on_its_guests(world: World, case: str) -> str:
    booking = await a_request_with_guests(world, case)
    await offer(world, "officer", booking)
    page = await world.staff.post(f"{booking}/proposal", {"answer": "accept"})
    assert page.status == 303, page.text
    await world.house.app[JOBS].run()
    return booking


async def an_interview_whose_guests_were_settled_later(world: World, case: str) -> str:
    booking = await an_interview_agreed_before_a_word_on_its_guests(world, case)
    (lawyer,) = await world.rows(tables.guests, booking_id=last_of(booking), role="lawyer")
    page = await world.officer.post(f"{booking}/guests", {"agreed": lawyer["id"]})
    assert page.status == 303, page.text
    await world.house.app[JOBS].run()
    return booking


async def a_request_with_wishes(world: World, case: str) -> str:
    return await asked(world, case, 3)


async def an_interview_of_the_second_wish(world: World, case: str) -> str:
    booking = await asked(world, case, 3)
    await confirmed(world, booking, rank="2")
    return booking


async def a_request_answered_with_another_slot(world: World, case: str) -> str:
    booking = await asked(world, case, 2)
    await offer(world, "officer", booking)
    return booking


async def an_interview_that_the_post_would_move(world: World, case: str) -> str:
    booking = await asked(world, case, 1)
    await confirmed(world, booking)
    await offer(world, "officer", booking)
    return booking


async def an_interview_that_the_centre_would_move(world: World, case: str) -> str:
    booking = await asked(world, case, 1)
    await confirmed(world, booking)
    await offer(world, "staff", booking)
    return booking


async def an_interview_that_moved(world: World, case: str) -> str:
    booking = await an_interview_that_the_post_would_move(world, case)
    await world.staff.post(f"{booking}/proposal", {"answer": "accept"})
    await world.house.app[JOBS].run()
    return booking


@pytest.mark.parametrize(
    "shape",
    [
        a_request_with_guests,
        an_interview_with_guests,
        an_interview_agreed_before_a_word_on_its_guests,
        an_interview_whose_guests_were_settled_later,
        a_request_with_wishes,
        an_interview_of_the_second_wish,
        a_request_answered_with_another_slot,
        an_interview_that_the_post_would_move,
        an_interview_that_the_centre_would_move,
        an_interview_that_moved,
    ],
)
async def test_whatever_hangs_on_it_the_post_and_the_guests_meet_what_they_meet_on_any_other_day(
    world: World, shape: Callable[[World, str], Awaitable[str]]
) -> None:
    seen = []
    for act in (stop, give_up):
        case = await world.case()
        booking = await shape(world, case)
        found = await world.rows(tables.interviews, booking_id=last_of(booking))
        await act(world, case, booking)
        written = await all_that_was_written(world, booking)
        reached = await all_that_the_officer_reaches(
            world, booking, f"/interviews/{found[0]['id']}" if found else ""
        )
        assert await all_that_was_written(world, booking) == written  # no answer of the post told anything
        seen.append((reached, written))
    assert seen[0] == seen[1]
    assert not re.search(r"protect|asile|asyl|claim", str(seen[0]), re.IGNORECASE)
    said = [each for path, each in seen[0][0].items() if re.match(r"POST \w ", path)]
    assert len(said) == len(await _answers(world, booking))
    assert all(each.startswith("UNPROCESSABLE_ENTITY") for each in said)


async def test_a_stopped_interview_reads_like_that_of_a_person_who_left(world: World) -> None:
    seen = []
    for act in (stop, leave):
        case = await world.case()
        interview = await world.running(case)
        await world.say(interview, "Je suis né à Labé.")
        await world.show(interview, "birth_certificate")
        (row,) = await world.rows(tables.interviews, id=last_of(interview))
        booking = f"/bookings/{row['booking_id']}"
        await act(world, case, booking)
        seen.append(await all_that_the_officer_reaches(world, booking, interview))
    assert seen[0] == seen[1]
    assert "Écourté par le centre" in seen[0]["/interviews/ID"]
    assert "Labé" not in "".join(seen[0].values())
    assert "Extrait d’acte de naissance" not in seen[0]["/interviews/ID"]  # noqa: RUF001 - typography


async def test_what_was_held_before_is_not_shown_any_more_whatever_ended_the_request(world: World) -> None:
    seen = []
    for act in (stop, leave):
        case = await world.case()
        interview = await world.ended(case)
        (row,) = await world.rows(tables.interviews, id=last_of(interview))
        booking = f"/bookings/{row['booking_id']}"
        await act(world, case, booking)
        seen.append(await all_that_the_officer_reaches(world, booking, interview))
    assert seen[0] == seen[1]
    assert not seen[0]["/"].count("/outcome")


async def test_a_stop_ends_the_interview_its_recording_and_its_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(world.house.app[MEDIA], "close", lambda *words: closed.append(words))
    case = await world.case()
    interview = await world.running(case)
    await world.staff.post(f"{interview}/notice", {"language": "fr", "consent": "yes"})
    await world.staff.post(f"{interview}/recording", {"run": "start"})
    await stop(world, case, "")
    assert closed == [(last_of(interview), "closed")]
    (row,) = await world.rows(tables.interviews, id=last_of(interview))
    assert row["ending"] == "protection_stop"
    (row,) = await world.rows(records.recordings, interview_id=last_of(interview))
    assert row["state"] == "off" or row["ended_at"] is not None
    changes = await world.rows(records.recording_changes, recording_id=row["id"])
    assert {change["reason"] for change in changes} <= {"", "interview_ended"}


async def test_while_a_claim_is_open_no_request_can_leave(world: World) -> None:
    case = await world.case()
    slots = await world.slots(case)
    await stop(world, case, "")
    page = await world.staff.get(case)
    assert page.says("Envoi suspendu")
    assert f"{case}/request" not in page.text
    assert (await world.ask(case, slot=slots[0])).location == case
    await world.staff.post(f"{case}/protection", {"open": "no"})
    assert (await world.ask(case, slot=slots[0])).status == 303


@pytest.mark.parametrize("fields", [{}, {"open": ""}, {"open": "perhaps"}])
async def test_a_stop_is_never_guessed(world: World, fields: dict[str, str]) -> None:
    case = await world.case()
    page = await world.staff.post(f"{case}/protection", fields)
    assert page.status == 422
    assert page.says("Choisissez oui ou non")
    assert not field_error(page, "suitability")
    (row,) = await world.rows(tables.cases, id=last_of(case))
    assert not row["protection_open"]


async def test_both_ends_of_a_claim_are_audited(world: World) -> None:
    case = await world.case()
    for answer in ("yes", "no"):
        await world.staff.post(f"{case}/protection", {"open": answer})
    acts = [act for act, _ in await world.audited(last_of(case))]
    assert acts[-2:] == ["stop", "lift"]


async def test_no_name_and_no_claim_in_what_jobs_will_deliver(world: World) -> None:
    case = await world.case()
    await world.confirmed(case)
    await stop(world, case, "")
    for row in await world.rows(tables.outbox):
        text = f"{row['event']} {row['payload']}"
        assert not re.search("Diallo|protect|stop|claim|asyl", text), text
