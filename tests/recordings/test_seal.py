"""Sealing: what comes out opens with the supervisor's key, what stays behind opens with none."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import tables as records
from recordings.capture import Run, capture
from recordings.custody import FileKind, SealedFile
from recordings.no_trace import leave_no_trace
from recordings.outcome import OutcomeValue
from recordings.ports import Facts
from recordings.queries import minutes_for, waiting_for_seal
from recordings.receive_media import part_started
from recordings.refusals import NothingToSeal, PartsStillOpen
from recordings.seal import seal
from recordings.transcript import canonical
from scheduling import tables
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.interview import Ending
from server.database import for_reading
from tests.support.records_acts import (
    ANSWER,
    NOTE,
    REASONS,
    concluded,
    ongoing,
    recorded,
    rendered,
    say,
    sealed,
    show,
    wish,
)
from tests.support.records_bytes import png
from tests.support.records_people import World


class PowerCutError(Exception):
    """The machine stops here."""


class FailingSealer:
    """Seals a few files, then the power goes."""

    def __init__(self, world: World, survives: int) -> None:
        self._world = world
        self._left = survives

    def seal(self, file_id: str, plaintext: bytes) -> Facts:
        if self._left == 0:
            raise PowerCutError
        self._left -= 1
        return self._world.sealer.seal(file_id, plaintext)


async def held(world: World) -> None:
    """An interview with minutes, a picture, a recording, and an outcome that waits for its transcript."""
    await world.begin()
    await world.give_notice()
    await recorded(world)
    await say(world)
    card = await show(world, picture=png())
    await world.end()
    await concluded(world, wish(card))


async def waiting(world: World) -> tuple[str, ...]:
    async with world.session() as session:
        return await waiting_for_seal(session)


def documents(world: World, files: tuple[SealedFile, ...]) -> dict[tuple[str, str], Any]:
    return {(file.kind.value, file.media_type): world.opened(file.id) for file in files}


def transcript(world: World, files: tuple[SealedFile, ...]) -> Any:
    return json.loads(documents(world, files)["transcript", "application/json"])


async def test_the_supervisor_opens_everything_that_was_said_and_concluded(world: World) -> None:
    await held(world)
    document = transcript(world, await sealed(world))
    assert [line["text"] for line in document["minutes"]["statements"]] == [ANSWER]
    assert document["evidence"][0]["note"] == NOTE
    assert document["outcome"]["reasons"] == REASONS
    assert document["outcome"]["officer"]["name"] == world.officer.name


async def test_the_sealed_json_is_canonical_and_the_page_is_made_of_it(world: World) -> None:
    await held(world)
    opened = documents(world, await sealed(world))
    content = opened["transcript", "application/json"]
    assert canonical(json.loads(content)) == content
    assert b"K7Q-4M2" in opened["transcript", "text/html"]


async def test_the_manifest_lists_every_file_sealed_before_it(world: World) -> None:
    await held(world)
    files = await sealed(world)
    manifest = json.loads(documents(world, files)["manifest", "application/json"])
    kinds = sorted(file["kind"] for file in manifest["files"])
    assert kinds == ["evidence", "media", "timeline"]
    assert transcript(world, files)["recording"] == manifest
    rows = {row["id"]: row["body_sha256"] for row in await world.rows(records.sealed_files)}
    assert all(rows[file["id"]] == file["body_sha256"] for file in manifest["files"])


async def test_the_timeline_is_sealed_on_its_own_too(world: World) -> None:
    await held(world)
    files = await sealed(world)
    timeline = json.loads(documents(world, files)["timeline", "application/json"])
    assert timeline == transcript(world, files)["timeline"]
    assert [part["role"] for part in timeline["parts"]] == ["detainee"]


async def test_a_first_no_stays_beside_the_later_yes(world: World) -> None:
    await world.begin()
    for agrees in (False, True):
        await world.give_notice(agrees=agrees)
        world.clock.advance(minutes=1)
    card = await show(world, picture=png())
    await world.end()
    await concluded(world, wish(card))
    document = transcript(world, await sealed(world))
    assert [consent["agrees"] for consent in document["consents"]] == [False, True]
    told = [(event["at_ms"], event["what"]) for event in document["timeline"]["events"]]
    assert [event for event in told if event[1].startswith(("notice:", "consent:"))] == [
        (0, "consent:refused"),
        (0, "notice:given"),
        (60_000, "consent:agreed"),
        (60_000, "notice:given"),
    ]


async def test_after_sealing_the_server_holds_no_text_and_no_key(world: World) -> None:
    await held(world)
    await sealed(world)
    assert [row["text"] for row in await world.rows(records.minutes)] == [None]
    assert [row["note"] for row in await world.rows(records.evidence)] == [None]
    assert [row["reasons"] for row in await world.rows(records.outcomes)] == [None]
    (copy,) = await world.rows(records.working_copies)
    assert (copy["wrapped_key"], copy["destroyed_at"]) == (None, world.clock())


def keeps_old_versions(world: World) -> bool:
    """Whether old ciphertexts, without their key, lie about until their space is wanted: decision 0006."""
    return world.engine.dialect.name == "postgresql"


async def test_no_byte_of_texts_or_key_stays_on_the_disk(world: World) -> None:
    await held(world)
    (copy,) = await world.rows(records.working_copies)
    remains, texts = [copy["wrapped_key"]], []
    for table, column in (
        (records.minutes, "text"),
        (records.evidence, "note"),
        (records.outcomes, "reasons"),
    ):
        texts += [row[column] for row in await world.rows(table)]
    remains += [] if keeps_old_versions(world) else texts
    assert all(piece in world.bytes_on_disk() for piece in remains)
    await sealed(world)
    assert await leave_no_trace(world.engine)
    left = world.bytes_on_disk()
    assert not any(piece in left for piece in remains)
    assert not any(text.encode() in left for text in (ANSWER, NOTE, REASONS))


async def test_a_reader_that_holds_the_log_back_is_reported(world: World) -> None:
    await held(world)
    async with for_reading(world.engine).connect() as reader:
        await reader.execute(select(records.minutes))
        await sealed(world)
        assert not await leave_no_trace(world.engine, wait_seconds=0)
    assert await leave_no_trace(world.engine)


async def test_many_pages_of_minutes_leave_no_byte_either(world: World) -> None:
    await world.begin()
    for number in range(12):
        await say(world, f"{number}: " + "longue réponse " * 200)
    await world.end(Ending.TECHNICAL_FAILURE)
    await concluded(world, ongoing(world.clock().date() + timedelta(days=9)))
    (copy,) = await world.rows(records.working_copies)
    remains = [row["text"] for row in await world.rows(records.minutes)]
    await sealed(world)
    assert await leave_no_trace(world.engine)
    left = world.bytes_on_disk()
    assert copy["wrapped_key"] not in left
    assert keeps_old_versions(world) or not any(
        text[start : start + 64] in left for text in remains for start in range(0, len(text), 64)
    )


@pytest.mark.parametrize("survives", [0, 1, 2, 3])
async def test_a_power_cut_while_sealing_loses_nothing(world: World, survives: int) -> None:
    await held(world)
    with pytest.raises(PowerCutError):
        await sealed(world, FailingSealer(world, survives))
    assert await waiting(world) == (world.interview_id,)
    assert transcript(world, await sealed(world))["outcome"]["reasons"] == REASONS


async def test_a_power_cut_between_sealing_and_commit_loses_nothing(world: World) -> None:
    await held(world)
    files_before = await world.rows(records.sealed_files)
    with pytest.raises(PowerCutError):
        async with world.session() as session:
            await _seal_then_fall(world, session)
    assert await world.rows(records.sealed_files) == files_before
    async with world.session() as session:
        page = await minutes_for(session, world.officer, world.secret, world.interview_id)
    assert page is not None
    assert [statement.text for statement in page.statements] == [ANSWER]
    document = transcript(world, await sealed(world))
    assert [line["text"] for line in document["minutes"]["statements"]] == [ANSWER]


async def _seal_then_fall(world: World, session: AsyncConnection) -> None:
    await seal(session, world.clock, world.secret, world.sealer, rendered, interview_id=world.interview_id)
    raise PowerCutError


async def test_a_renderer_that_fails_loses_nothing(world: World) -> None:
    def falling(_document: object) -> bytes:
        raise PowerCutError

    await held(world)
    with pytest.raises(PowerCutError):
        async with world.session() as session:
            await seal(
                session, world.clock, world.secret, world.sealer, falling, interview_id=world.interview_id
            )
    assert transcript(world, await sealed(world))["outcome"]["reasons"] == REASONS


async def test_sealing_waits_for_open_parts(world: World) -> None:
    await world.begin()
    await world.give_notice()
    async with world.session() as session:
        recording = await capture(session, world.clock, world.host, world.interview_id, run=Run.START)
        part = await part_started(
            session,
            part_id=new_id(),
            recording_id=recording.id,
            participant_id=world.detainee_seat_id,
            at=world.clock(),
        )
    await world.end()
    await concluded(world, ongoing(world.clock().date() + timedelta(days=9)))
    with pytest.raises(PartsStillOpen) as refused:
        await sealed(world)
    assert refused.value.part_ids == (part.id,)


async def test_sealing_finishes_the_recording(world: World) -> None:
    await held(world)
    document = transcript(world, await sealed(world))
    assert document["recording"]["state"] == "finished"


async def test_an_outcome_is_sealed_once(world: World) -> None:
    await held(world)
    await sealed(world)
    assert await waiting(world) == ()
    with pytest.raises(NothingToSeal):
        await sealed(world)


async def test_an_interview_without_outcome_is_not_sealed(world: World) -> None:
    await world.begin()
    await say(world)
    await world.end()
    with pytest.raises(NothingToSeal):
        await sealed(world)
    assert await waiting(world) == ()


async def test_a_stopped_interview_is_sealed_without_outcome_and_once(world: World) -> None:
    await world.begin()
    await say(world)
    await world.end(Ending.PROTECTION_STOP)
    assert await waiting(world) == (world.interview_id,)
    document = transcript(world, await sealed(world))
    assert document["outcome"] is None
    assert [line["text"] for line in document["minutes"]["statements"]] == [ANSWER]
    assert await waiting(world) == ()
    with pytest.raises(NothingToSeal):
        await sealed(world)


async def test_a_new_version_names_the_transcript_that_it_supersedes(world: World) -> None:
    await world.begin()
    await say(world)
    await world.end()
    await concluded(world, ongoing(world.clock().date() + timedelta(days=30)))
    first = await sealed(world)
    card = await show(world, note="Passed on by the capital.")
    await concluded(world, wish(card, supersedes=1))
    document = transcript(world, await sealed(world))
    old = next(f for f in first if (f.kind, f.media_type) == (FileKind.TRANSCRIPT, "application/json"))
    assert document["supersedes"] == {"version": 1, "file": old.id, "body_sha256": old.body_sha256}
    assert (document["outcome"]["version"], document["outcome"]["value"]) == (
        2,
        OutcomeValue.NATIONALITY_CONFIRMED,
    )
    assert document["minutes"]["statements"][0]["text"] is None
    assert document["evidence"][0]["note"] == "Passed on by the capital."
    assert [row["reasons"] for row in await world.rows(records.outcomes)] == [None, None]


async def test_every_sealed_file_has_its_first_link_and_the_act_is_told(world: World) -> None:
    await held(world)
    for file in await sealed(world):
        assert await world.custody_acts(file.id) == ["sealed"]
    told = [row["event"] for row in await world.rows(tables.outbox)]
    assert told == ["outcome:concluded", "interview:sealed"]


async def test_an_unknown_interview_is_not_sealed(world: World) -> None:
    await world.begin()
    world.ids["interview"] = new_id()
    with pytest.raises(NotForYou):
        await sealed(world)
