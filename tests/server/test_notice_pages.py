"""The notice in a further language: written by an administrator, read in the room, named in the record."""

import hashlib

import pytest
from sqlalchemy import update

from scheduling import tables
from tests.support.pages import World, carried, field_error, last_of, save

pytestmark = pytest.mark.asyncio(loop_scope="module")

ARABIC = (
    "تتحدث مع موظف من {country}.",
    "المركز حاضر.",
    "هل توافق على التسجيل؟",
    "يمكنك طلب استراحة.",
    "يمكنك السؤال.",
)
WITHOUT = "لا يتم التسجيل."
FIELDS = {f"section_{n}": words for n, words in enumerate(ARABIC, 1)} | {"not_recorded": WITHOUT}
PATH = "/notices/ar"


def digest(*paragraphs: str) -> str:
    return hashlib.sha256("\n\n".join(paragraphs).encode()).hexdigest()


async def written(world: World, path: str = PATH, **changes: str) -> None:
    page = await save(world.people["administrator"], path, {**FIELDS, **changes, "send": "1"})
    assert (page.status, page.location) == (303, path), page.text


async def about(world: World, languages: list[str]) -> str:
    """Hold a running interview with somebody who speaks these languages; gives its path."""
    case = await world.case()
    c = tables.cases
    async with world.house.transaction() as session:
        await session.execute(update(c).where(c.c.id == last_of(case)).values(languages=languages))
    return await world.running(case)


async def test_it_counts_only_once_it_was_looked_at_as_it_will_be_read(world: World) -> None:
    administrator = world.people["administrator"]
    page = await save(administrator, "/notices/ps", FIELDS)
    assert page.status == 200
    assert 'lang="ps" dir="rtl"' in page.text
    assert page.says(WITHOUT)
    assert not await world.rows(tables.notice_texts, language="ps")
    page = await save(administrator, "/notices/ps", {**FIELDS, "edit": "1"})
    assert page.says(ARABIC[1])
    await written(world, "/notices/ps")
    (row,) = await world.rows(tables.notice_texts, language="ps")
    assert (row["number"], row["sections"], row["not_recorded"]) == (1, list(ARABIC), WITHOUT)
    assert row["written_by"] == world.actors["administrator"].account_id
    assert "/notices/ps" in (await administrator.get("/places")).text


async def test_a_change_is_a_new_version_and_the_same_words_are_none(world: World) -> None:
    await written(world, "/notices/fa")
    await written(world, "/notices/fa")
    await written(world, "/notices/fa", section_2="مرکز حاضر است.")
    rows = await world.rows(tables.notice_texts, language="fa")
    assert [(row["number"], row["sections"][1]) for row in rows] == [(1, ARABIC[1]), (2, "مرکز حاضر است.")]
    page = await world.people["administrator"].get("/notices/fa")
    for words in ("fa-1", "fa-2", digest(*ARABIC), digest(*ARABIC[:2], WITHOUT, *ARABIC[3:])):
        assert page.says(words)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("section_1", "بدون بلد"),
        ("section_1", "{country} {country}"),
        ("section_2", ""),
        ("section_3", "x" * 2001),
        ("section_4", "{country}"),
        ("not_recorded", " "),
    ],
)
async def test_what_could_not_be_read_is_refused_beside_its_field(
    world: World, field: str, words: str
) -> None:
    for send in ({}, {"send": "1"}):
        page = await save(world.people["administrator"], "/notices/ur", {**FIELDS, field: words, **send})
        assert page.status == 422
        assert field_error(page, field)
    assert not await world.rows(tables.notice_texts, language="ur")


async def test_nobody_writes_over_words_that_they_never_saw(world: World) -> None:
    administrator = world.people["administrator"]
    (shown,) = carried(await administrator.get("/notices/ckb"), "shown")
    await written(world, "/notices/ckb")
    late = {**FIELDS, "section_5": "غير ذلك.", "shown": shown, "send": "1"}
    page = await administrator.post("/notices/ckb", late)
    assert page.status == 422
    assert len(await world.rows(tables.notice_texts, language="ckb")) == 1


async def test_nobody_else_reads_or_writes_it_and_the_house_speaks_its_own(world: World) -> None:
    for who in ("staff", "officer", "supervisor", "other_staff"):
        assert (await world.people[who].get(PATH)).status == 404
        assert (await world.people[who].post(PATH, {**FIELDS, "send": "1"})).status == 404
    for code in ("fr", "en", "xx", "AR"):
        assert (await world.people["administrator"].get(f"/notices/{code}")).status == 404


async def test_the_room_shows_it_first_and_the_record_names_version_digest_and_reader(world: World) -> None:
    await written(world)
    path = await about(world, ["ar"])
    page = await world.staff.get(f"{path}/room")
    assert '<div class="p-notice__text" lang="ar" dir="rtl">' in page.text
    assert page.says("تتحدث مع موظف من غينيا.")
    assert page.text.index('lang="ar" dir="rtl"') < page.text.index('<div class="p-notice__text" lang="fr"')
    assert carried(page, "text-ar") == ["1"]
    await written(world, section_2="المركز هنا.")
    read = {"language": "ar", "consent": "yes", "text-ar": "1"}
    assert (await world.staff.ask_json("POST", f"{path}/notice", read)).status == 200
    (row,) = await world.rows(tables.notices, interview_id=last_of(path))
    assert (row["language"], row["text_version"]) == ("ar", "ar-1")
    assert row["text_sha256"] == digest(*ARABIC)
    assert row["read_by"] == world.actors["staff"].account_id
    assert (await world.staff.get(path)).says("ar-1")
    assert (await world.staff.get(path)).says("arabe")


async def test_any_language_in_which_it_is_written_is_offered_and_recorded(world: World) -> None:
    await written(world)
    path = await about(world, ["fuf"])
    page = await world.staff.get(f"{path}/room")
    assert '<option value="ar">arabe</option>' in page.text
    assert page.says("La lire en\u00a0: arabe")
    assert page.text.index('lang="ar" dir="rtl"') > page.text.index('<div class="p-notice__text" lang="fr"')
    assert page.says("Version 2026-1 de ce texte")  # what the figures are, is said beside them
    read = {"language": "ar", "consent": "yes", "text-ar": carried(page, "text-ar")[0]}
    assert (await world.staff.ask_json("POST", f"{path}/notice", read)).status == 200
    (row,) = await world.rows(tables.notices, interview_id=last_of(path))
    assert row["language"] == "ar"
    assert row["text_sha256"] == digest(*ARABIC)
    assert (await world.staff.get(path)).says("Version du texte lu\u00a0: ar-")


async def test_a_language_without_a_text_is_said_aloud_and_has_no_digest(world: World) -> None:
    path = await about(world, ["fuf"])
    page = await world.staff.get(f"{path}/room")
    assert 'name="text-fuf"' not in page.text
    assert (
        await world.staff.ask_json("POST", f"{path}/notice", {"language": "fuf", "consent": "no"})
    ).status == 200
    assert (
        await world.staff.ask_json("POST", f"{path}/notice", {"language": "fr", "consent": "no"})
    ).status == 200
    aloud, french = await world.rows(tables.notices, interview_id=last_of(path))
    assert (aloud["text_version"], aloud["text_sha256"]) == ("2026-1", None)
    assert french["text_version"] == "2026-1"
    assert len(french["text_sha256"]) == 64


async def test_where_nothing_is_recorded_it_says_so_instead_of_asking(world: World) -> None:
    await written(world, "/notices/prs")
    p = tables.country_profiles
    async with world.house.transaction() as session:
        await session.execute(update(p).values(accepts_recording=False))
    try:
        path = await about(world, ["prs"])
        page = await world.staff.get(f"{path}/room")
        assert 'lang="prs" dir="rtl"' in page.text
        assert page.says(WITHOUT)
        assert not page.says(ARABIC[2])
        await world.staff.ask_json("POST", f"{path}/notice", {"language": "prs"})
        (row,) = await world.rows(tables.notices, interview_id=last_of(path))
        assert row["text_version"] == "prs-1-none"
        assert row["text_sha256"] == digest(*ARABIC[:2], WITHOUT, *ARABIC[3:])
    finally:
        async with world.house.transaction() as session:
            await session.execute(update(p).values(accepts_recording=True))
