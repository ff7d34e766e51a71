"""How an interview went, as its page and its transcript tell it: one order, one clock, nothing left out."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from recordings.dossier import gather_dossier
from recordings.receive_media import part_started
from recordings.tables import recordings
from recordings.transcript import transcript_of
from recordings.working_copy import MasterSecret
from scheduling import attend, tables
from scheduling.admit import admit, enter
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from server.app_keys import SECRETS
from server.moments import MINUS
from server.transcript_page import render_transcript
from tests.support.pages import World, carried, last_of

# ruff: noqa: RUF001 - French is written with its own apostrophe

pytestmark = pytest.mark.asyncio(loop_scope="module")

_LINE = re.compile(r'<li><time datetime="[^"]+">([^<]+)</time><p[^>]*>(?:([^<.]+)\. )?([^<]+)\.</p>')

CORRECTED = "Corrigé par le centre\u00a0: A participé (était là par téléphone)"


def plain(text: str) -> str:
    """The words of a page as they are read, without its tags."""
    return " ".join(part for part in re.split(r"[ \n]+", unescape(re.sub(r"<[^>]+>", " ", text))) if part)


async def held_early(world: World) -> str:
    """Open an interview two minutes before it begins, on another day than planned."""
    _, path = await world.confirmed()
    interview_id, clock = last_of(path), world.house.clock
    (shown,) = carried(await world.staff.get(f"{path}/room"), "starts_at")
    await world.staff.post(f"{path}/early", {"starts_at": shown})
    clock.advance(seconds=123)
    seat = await seat_of(world, path, ParticipantRole.CONSULAR_OFFICER)
    host, officer = world.actors["staff"], world.actors["officer"]
    async with world.house.transaction() as session:
        await enter(session, clock, host, interview_id=interview_id)
        await enter(session, clock, officer, interview_id=interview_id)
        await admit(session, clock, host, interview_id=interview_id, participant_id=seat)
    return path


async def seat_of(world: World, path: str, role: ParticipantRole) -> str:
    p = tables.participants
    found = select(p.c.id).where(p.c.interview_id == last_of(path), p.c.role == role)
    return str(await world.one(found))


async def act(world: World, who: str, path: str, rest: str, **fields: str) -> None:
    page = await world.people[who].ask_json("POST", f"{path}/{rest}", fields)
    assert page.status == 200, page.text


def told(text: str) -> list[tuple[str, str, str]]:
    """The lines of what happened: clock, who, what."""
    part = text.split('id="h-happened"')[1].split("</section>", maxsplit=1)[0]
    return [(at, unescape(who), unescape(what)) for at, who, what in _LINE.findall(part)]


async def test_the_page_tells_in_its_order_all_that_the_transcript_tells(world: World) -> None:
    path, clock = await held_early(world), world.house.clock
    clock.advance(seconds=60)
    await act(world, "officer", path, "pause")
    clock.advance(seconds=5)
    await act(world, "staff", path, "pause/decline")
    clock.advance(seconds=58)
    await act(world, "staff", path, "consultation", turn="begin")
    clock.advance(seconds=10)
    running = told((await world.officer.get(path)).text)
    assert running[-1] == ("0:02:03", "", "Une consultation privée commence")
    await act(world, "staff", path, "consultation", turn="end")
    clock.advance(seconds=10)
    await world.officer.post(f"{path}/end", {"ending": "normal"})
    lines = told((await world.officer.get(path)).text)
    assert lines == [
        (f"{MINUS}0:02:03", "", "Le centre ouvre l’entretien avant l’heure"),
        ("0:00:00", "", "L’entretien commence"),
        ("0:01:00", "Agent consulaire", "Demande une pause"),
        ("0:01:05", "Agent consulaire", "La pause demandée est refusée, l’entretien continue"),
        ("0:02:03", "", "Une consultation privée commence"),
        ("0:02:13", "", "La consultation privée se termine"),
        ("0:02:23", "", "L’entretien se termine"),
    ]
    secret = MasterSecret(world.house.app[SECRETS].working_copy)
    async with world.house.transaction() as session:
        dossier = await gather_dossier(session, secret, last_of(path))
    transcript = render_transcript(transcript_of(dossier.material({"files": []}, clock()))).decode()
    part = transcript.split("Ce qui s’est passé")[1].split("</table>")[0]
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)', part)
    assert rows == [(at, what) for at, _, what in lines]


async def test_it_was_held_when_it_was_beside_when_it_was_planned(world: World) -> None:
    path = await held_early(world)
    under_way = await world.officer.get(path)
    assert under_way.says("En cours depuis le lundi 21 septembre 2026")
    world.house.clock.advance(minutes=20)
    await world.officer.post(f"{path}/end", {"ending": "normal"})
    page = await world.officer.get(path)
    assert page.says("Entretien du 21 septembre 2026")
    assert page.says("Tenu le lundi 21 septembre 2026")
    assert page.says("Prévu le ")
    zoned = re.findall(r"\((Bruxelles, UTC\+2)\)", page.text)
    assert len(zoned) == 2
    assert re.search(r"Hôte du centre A participé, 21 sept\., \d\d:\d\d–\d\d:\d\d", plain(page.text))


async def test_a_correction_stands_beside_what_the_system_tells(world: World) -> None:
    path = await world.ended()
    seat = await seat_of(world, path, ParticipantRole.CONSULAR_OFFICER)
    form = {"participant_id": seat, "why": "by_telephone"}
    await world.staff.post(f"{path}/attendance", form)
    page = await world.officer.get(path)
    assert "N’a pas participé (d’après le système)" in plain(page.text)
    assert CORRECTED in plain(page.text)
    assert told(page.text)[-1][1:] == ("Agent consulaire", "Le centre corrige la présence")
    conclude = await world.officer.get(f"{path}/outcome")
    assert CORRECTED in plain(conclude.text)


async def test_who_concludes_reads_who_was_there_and_in_which_part(world: World) -> None:
    path = await world.ended()
    page = await world.officer.get(f"{path}/outcome")
    part = page.text.split('id="h-present"')[1].split("</section>")[0]
    assert re.findall(r'<span class="p-strong">([^<]+)</span>', part) == [
        "La personne",
        "Hôte du centre",
        "Agent consulaire",
    ]
    assert plain(part).count("articipé") == 3


async def test_what_is_missing_of_one_participant_stands_with_them_alone(world: World) -> None:
    path, clock = await held_early(world), world.house.clock
    interview_id = last_of(path)
    person, officer = ParticipantRole.DETAINEE, ParticipantRole.CONSULAR_OFFICER
    seats = {role: await seat_of(world, path, role) for role in (person, officer)}
    async with world.house.transaction() as session:
        for seat in seats.values():
            await attend.join(session, clock, interview_id=interview_id, participant_id=seat)
    await act(world, "staff", path, "notice", language="fr", consent="yes")
    await act(world, "officer", path, "recording", run="start")
    recording = str(await world.one(select(recordings.c.id).where(recordings.c.interview_id == interview_id)))
    async with world.house.transaction() as session:
        of_the_person = {"part_id": new_id(), "recording_id": recording, "participant_id": seats[person]}
        await part_started(session, **of_the_person, at=clock())
    clock.advance(seconds=60)
    page = await world.staff.get(path)
    rows = re.findall(r'<div class="p-tracks__row"><span>(.*?)</span><svg(.*?)</svg></div>', page.text)
    assert [(plain(name), "p-tl__gap" in drawn) for name, drawn in rows] == [
        ("La personne", False),
        ("Agent consulaire", True),
    ]
    assert "Agent consulaire, non enregistré\u00a0: 0:00:00–0:01:00" in plain(page.text)
    assert "La personne, non enregistré" not in plain(page.text)
