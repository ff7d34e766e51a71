"""The protection stop as pages see it: everything ends at once, and no page of the post tells why."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import pytest

from recordings import tables as records
from scheduling import tables
from server.app_keys import MEDIA
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
    "check": {},
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
    for path in (booking, f"{booking}/calendar", *_below(interview)):
        page = await officer.get(path)
        answers[path] = f"{HTTPStatus(page.status).name} {page.location} {page.text}"
    for path in (f"{booking}/confirm", f"{booking}/decline", f"{booking}/cancel"):
        page = await officer.post(path, {"code": "no_officer" if "decline" in path else "technical"})
        answers[f"POST {path}"] = f"{HTTPStatus(page.status).name} {page.location} {page.text}"
    for rest, fields in _ACTS.items() if interview else ():
        page = await officer.ask_json("POST", f"{interview}/{rest}", fields)
        answers[f"POST {interview}/{rest}"] = f"{HTTPStatus(page.status).name} {page.text}"
    ids = {last_of(booking), last_of(interview)}
    for path in ("/", "/requests", "/interviews"):
        page = await officer.get(path)
        rows = re.findall(r"<li.*?</li>", page.text, re.DOTALL)
        answers[path] = "".join(row for row in rows if any(each in row for each in ids if each))
    return {_plain(path): _plain(text) for path, text in answers.items()}


def _below(interview: str) -> list[str]:
    rests = ("", "/room", "/check", "/minutes", "/evidence", "/outcome", "/sealed")
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
