"""Sealed files: what a supervisor finds and downloads, a part that a crash cut, and the trace of it all."""

import asyncio
import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from recordings import tables as records
from recordings.age_stream import AgeReader
from recordings.durable_writer import DurableWriter, tail_path
from recordings.receive_media import Leftover, mark_interrupted, part_started
from scheduling import tables
from scheduling.identifier import new_id
from server.__main__ import main
from server.app_keys import KEYRING
from server.settings import RECORDINGS
from tests.support.pages import World, last_of
from tests.support.web import Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONCLUSION = {"value": "inconclusive", "travel_document": "no", "reasons": "Rien de tangible, dit-il à Labé."}
MEDIA = b"one picture after another, " * 4000  # one whole chunk, and a second one that never gets full
CHUNK_BYTES = 64 * 1024


async def concluded(world: World) -> str:
    interview = await world.ended()
    page = await world.officer.post(f"{interview}/outcome", CONCLUSION)
    assert page.location == interview
    return interview


async def file_ids(world: World, interview: str, kind: str) -> list[str]:
    rows = await world.rows(records.sealed_files, interview_id=last_of(interview), kind=kind)
    return [row["id"] for row in sorted(rows, key=lambda row: row["media_type"])]


async def download(browser: Browser, path: str) -> tuple[int, bytes, str]:
    async with browser.session.get(path, allow_redirects=False) as response:
        return response.status, await response.read(), response.headers.get("Content-Disposition", "")


def vault(world: World, interview: str) -> Path:
    return world.house.settings.data / RECORDINGS / last_of(interview)


async def crashed_part(world: World, interview: str, *, tail: bool = True) -> str:
    """Let the node die while it writes a part; what was synced stands on the disk."""
    part_id, interview_id, clock = new_id(), last_of(interview), world.house.clock
    await world.staff.post(f"{interview}/notice", {"language": "fr", "consent": "yes"})
    await world.staff.post(f"{interview}/recording", {"run": "start"})
    p, r = tables.participants, records.recordings
    seat = await world.one(select(p.c.id).where(p.c.interview_id == interview_id, p.c.role == "detainee"))
    recording = await world.one(select(r.c.id).where(r.c.interview_id == interview_id))
    async with world.house.transaction() as session:
        await part_started(session, part_id=part_id, recording_id=recording, participant_id=seat, at=clock())
    base = vault(world, interview) / part_id
    facts = await asyncio.to_thread(_write, base, world, tail=tail)
    clock.advance(seconds=4)
    async with world.house.transaction() as session:
        await mark_interrupted(
            session, clock, {part_id: Leftover(clock(), *facts)}, interviews={interview_id}
        )
    return part_id


def _write(base: Path, world: World, *, tail: bool) -> tuple[int, str]:
    base.parent.mkdir(parents=True, exist_ok=True)
    writer = DurableWriter(base, world.house.app[KEYRING].recipients)
    writer.write(MEDIA)
    writer.sync()
    if not tail:
        tail_path(base).unlink()
    facts = writer.abandon()
    return facts.body_bytes, facts.body_sha256


async def test_the_transcript_is_offered_first_and_opens_with_the_supervisors_key(world: World) -> None:
    interview = await concluded(world)
    page = await world.supervisor.get(f"{interview}/sealed")
    assert page.status == 200
    assert page.text.index("Transcription, à lire") < page.text.index("Manifeste avec les empreintes")
    _, html_id = await file_ids(world, interview, "transcript")
    status, sealed, disposition = await download(world.supervisor, f"/sealed/{html_id}")
    assert status == 200
    assert re.fullmatch(
        r'attachment; filename="[0-9A-Z]{3}-[0-9A-Z]{3}-\d\d-transcript\.html\.age"', disposition
    )
    opened = AgeReader(io.BytesIO(sealed), [world.house.supervisor]).read().decode()
    assert "dit-il à Labé." in opened


async def test_a_download_stands_in_custody_and_audit(world: World) -> None:
    interview = await concluded(world)
    (file_id,) = await file_ids(world, interview, "manifest")
    await download(world.supervisor, f"/sealed/{file_id}")
    me = world.actors["supervisor"]
    links = await world.rows(records.custody, subject_id=file_id, act="handed_over")
    assert [(row["actor_id"], row["actor_role"]) for row in links] == [(me.account_id, "supervisor")]
    assert await world.audited(file_id) == [("download", "manifest")]
    page = await world.supervisor.get(f"{interview}/sealed")
    assert page.says("Téléchargé</span> " + me.name)
    assert ("view", "") in await world.audited(last_of(interview))


@pytest.mark.parametrize("who", ["staff", "officer", "administrator", "other_staff", "other_officer"])
async def test_only_a_supervisor_finds_and_downloads(world: World, who: str) -> None:
    interview = await concluded(world)
    (file_id,) = await file_ids(world, interview, "timeline")
    browser = world.people[who]
    for path in (f"{interview}/sealed", f"/sealed/{file_id}", f"/sealed/{file_id}/tail"):
        assert (await browser.get(path)).status == 404
    assert await world.audited(file_id) == []
    assert await world.rows(records.custody, subject_id=file_id, act="handed_over") == []


@pytest.mark.parametrize("path", ["/sealed/nothing", "/sealed/..%2F..%2Fkeys", "/interviews/nothing/sealed"])
async def test_a_file_of_nobody_is_not_found(world: World, path: str) -> None:
    assert (await world.supervisor.get(path)).status == 404


async def test_an_interview_without_files_says_so(world: World) -> None:
    _, interview = await world.confirmed()
    page = await world.supervisor.get(f"{interview}/sealed")
    assert page.status == 200
    assert page.says("Rien de scellé pour l’instant")  # noqa: RUF001 - typography


async def test_a_part_that_a_crash_cut_opens_up_to_its_last_second(world: World, tmp_path: Path) -> None:
    interview = await world.running()
    part_id = await crashed_part(world, interview)
    page = await world.supervisor.get(f"{interview}/sealed")
    assert page.says("Coupé par une panne")
    assert f'href="/sealed/{part_id}/tail"' in page.text
    assert page.says("unexpected EOF")
    _, body, name = await download(world.supervisor, f"/sealed/{part_id}")
    _, tail, tail_name = await download(world.supervisor, f"/sealed/{part_id}/tail")
    assert tail_name == name.replace(".age", ".tail")
    file_name = name.partition('"')[2].rstrip('"')
    assert page.says(f"<code>parloir open -i key.txt {file_name}</code>")
    number = re.sub(r".*-(\d\d)-media.*", r"\1", file_name)
    assert page.says(f"Partie enregistrée {number}, la personne, 0:00:01–0:00:05")  # noqa: RUF001 - a range
    assert "age -d" not in page.text, "no whole file is there to open"
    assert len(body) > CHUNK_BYTES
    (tmp_path / "key.txt").write_text(f"# mine\n{world.house.supervisor}\n")
    (tmp_path / "part.webm.age").write_bytes(body)
    (tmp_path / "part.webm.tail").write_bytes(tail)
    command = ["open", "-i", str(tmp_path / "key.txt"), str(tmp_path / "part.webm.age")]
    assert main(command) == 0
    assert (tmp_path / "part.webm").read_bytes() == MEDIA
    assert main(command) == 2, "never written over"


async def test_a_transcript_names_the_part_that_was_cut(world: World) -> None:
    interview = await world.running()
    part_id = await crashed_part(world, interview)
    await world.officer.post(f"{interview}/end", {"ending": "normal"})
    await world.officer.post(f"{interview}/outcome", CONCLUSION)
    _, html_id = await file_ids(world, interview, "transcript")
    _, sealed, _ = await download(world.supervisor, f"/sealed/{html_id}")
    (row,) = await world.rows(records.sealed_files, id=part_id)
    opened = AgeReader(io.BytesIO(sealed), [world.house.supervisor]).read().decode()
    assert row["body_sha256"] in opened


async def test_both_halves_of_a_cut_part_leave_their_own_trace(world: World) -> None:
    interview = await world.running()
    part_id = await crashed_part(world, interview)
    for rest in ("", "/tail"):
        await download(world.supervisor, f"/sealed/{part_id}{rest}")
    assert await world.audited(part_id) == [("download", "media"), ("download", "media tail")]
    assert len(await world.rows(records.custody, subject_id=part_id, act="handed_over")) == 2


async def test_a_part_cut_before_its_first_sync_offers_what_there_is(world: World) -> None:
    interview = await world.running()
    part_id = await crashed_part(world, interview, tail=False)
    page = await world.supervisor.get(f"{interview}/sealed")
    assert page.says("Coupé par une panne")
    assert "/tail" not in page.text
    assert page.says("parloir open -i key.txt")
    assert (await world.supervisor.get(f"/sealed/{part_id}/tail")).status == 404
    assert (await download(world.supervisor, f"/sealed/{part_id}"))[0] == 200
    assert await world.audited(part_id) == [("download", "media")]


async def test_a_whole_file_has_no_tail(world: World) -> None:
    interview = await concluded(world)
    (file_id,) = await file_ids(world, interview, "timeline")
    assert (await world.supervisor.get(f"/sealed/{file_id}/tail")).status == 404
    assert await world.audited(file_id) == []


async def test_a_file_that_is_gone_is_not_noted_as_handed_over(world: World) -> None:
    interview = await concluded(world)
    (file_id,) = await file_ids(world, interview, "timeline")
    (vault(world, interview) / f"{file_id}.body").unlink()
    page = await world.supervisor.get(f"/sealed/{file_id}")
    assert page.status == 500
    assert file_id not in page.text.replace(f"/sealed/{file_id}", "")
    assert "SealedFileMissing" not in page.text
    assert await world.audited(file_id) == []
