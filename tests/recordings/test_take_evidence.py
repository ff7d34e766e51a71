"""Taking evidence: sealed at once, classed by the profile, kept with its chain."""

import hashlib

import pytest

from recordings import tables as records
from recordings.evidence import EvidenceClass, EvidenceKind, Form
from recordings.queries import evidence_for
from recordings.refusals import EvidenceFileUnreadable, InterviewNotRunning, NotYoursToDo
from scheduling import tables
from scheduling.errors import NotForYou
from tests.support.records_acts import NOTE, show
from tests.support.records_bytes import png
from tests.support.records_people import World


async def test_a_picture_is_sealed_and_only_the_supervisor_opens_it(world: World) -> None:
    await world.begin()
    item = await show(world, picture=png())
    assert item.file_id is not None
    assert world.opened(item.file_id) == png()
    assert item.sha256 == hashlib.sha256(png()).hexdigest()
    assert not any(png()[8:40] in path.read_bytes() for path in world.folder.rglob("*") if path.is_file())


async def test_an_item_keeps_what_it_is_and_when_it_was_shown(world: World) -> None:
    await world.begin()
    item = await show(world, picture=png())
    async with world.session() as session:
        kept = await evidence_for(session, world.officer, world.secret, world.interview_id)
    assert kept == (item,)
    assert (item.at_ms, item.evidence_class, item.form) == (1000, EvidenceClass.PROOF, Form.ORIGINAL)


async def test_a_note_lies_on_the_disk_as_ciphertext_only(world: World) -> None:
    await world.begin()
    await show(world)
    assert NOTE.encode() not in world.bytes_on_disk()


async def test_an_item_may_have_neither_picture_nor_note(world: World) -> None:
    await world.begin()
    item = await show(world, EvidenceKind.LANGUAGE_SPOKEN, note="")
    assert (item.file_id, item.form, item.note) == (None, None, "")
    assert await world.rows(records.working_copies) == []


async def test_the_profile_of_the_country_decides_the_class(world: World) -> None:
    await world.begin()
    await world.set_profile(evidence_classes={"driving_licence": "proof"})
    assert (await show(world, EvidenceKind.DRIVING_LICENCE)).evidence_class is EvidenceClass.PROOF


async def test_the_chain_begins_with_who_took_it(world: World) -> None:
    await world.begin()
    item = await show(world, picture=png())
    assert item.file_id is not None
    assert await world.custody_acts(item.id) == ["taken"]
    assert await world.custody_acts(item.file_id) == ["sealed"]


async def test_a_file_that_is_no_picture_leaves_nothing_behind(world: World) -> None:
    await world.begin()
    with pytest.raises(EvidenceFileUnreadable):
        await show(world, picture=b"%PDF-1.7")
    assert await world.rows(records.evidence) == []
    assert not world.vault.exists()


async def test_nothing_is_taken_before_the_interview_begins(world: World) -> None:
    with pytest.raises(InterviewNotRunning):
        await show(world, picture=png())
    assert not world.vault.exists()


@pytest.mark.parametrize("who", ["host", "supervisor"])
async def test_only_the_officer_takes_evidence(world: World, who: str) -> None:
    await world.begin()
    with pytest.raises(NotYoursToDo):
        await show(world, actor=getattr(world, who))


@pytest.mark.parametrize("who", ["foreign_officer", "foreign_host", "administrator"])
async def test_strangers_see_no_evidence(world: World, who: str) -> None:
    await world.begin()
    await show(world)
    with pytest.raises(NotForYou):
        await show(world, actor=getattr(world, who))
    async with world.session() as session:
        assert await evidence_for(session, getattr(world, who), world.secret, world.interview_id) is None


async def test_a_protection_claim_closes_the_evidence_to_the_post(world: World) -> None:
    await world.begin()
    await show(world)
    await world.change(tables.cases, world.case_id, protection_open=True)
    with pytest.raises(NotForYou):
        await show(world)
    async with world.session() as session:
        assert await evidence_for(session, world.officer, world.secret, world.interview_id) is None
