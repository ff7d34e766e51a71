"""How an interview is asked for: by video where it suits and is accepted, otherwise in another way."""

import re
from typing import Any

import pytest
from sqlalchemy import update

from scheduling import tables
from tests.support.pages import RELEASED, World, field_error, last_of, send, ticked
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")
WAYS = {"audio": "Son seul", "telephone": "Téléphone", "in_person": "En personne"}
UNSUITED = "La visio ne convient pas à cette personne"
DECLINED = "Ce pays n’accepte pas la visio"  # noqa: RUF001 - typography


def barred(text: str) -> set[str]:
    """The modalities that cannot be chosen on a page."""
    found = re.findall(r'<input[^>]*name="modality"[^>]*>', text)
    return {each.partition('value="')[2].partition('"')[0] for each in found if " disabled" in each}


async def accepts_video(world: World, *, accepted: bool) -> None:
    profiles = tables.country_profiles
    async with world.house.transaction() as session:
        await session.execute(update(profiles).values(accepts_video=accepted))


def path_of(world: World, case: str) -> str:
    return f"{case}/request/{world.house.organisations[POST]}"


async def test_each_way_says_what_it_means(world: World) -> None:
    page = await world.staff.get(f"{path_of(world, await world.case())}/terms")
    for words in (*WAYS.values(), "sous escorte", "En dernier recours", "aucun document"):
        assert page.says(words)
    assert not barred(page.text)
    assert ticked(page, "modality") == {"video"}


async def test_whom_video_does_not_suit_is_heard_otherwise(world: World) -> None:
    case = await world.case(suitability="unsuitable")
    assert f"{case}/request" in (await world.staff.get(case)).text
    page = await world.staff.get(f"{path_of(world, case)}/terms")
    assert barred(page.text) == {"video"}
    assert page.says(UNSUITED)
    assert ticked(page, "modality") == {"in_person"}


@pytest.mark.parametrize("accepted", [True, False])
async def test_video_is_refused_where_it_does_not_suit_or_is_not_accepted(
    world: World, accepted: bool
) -> None:
    case = await world.case(suitability="unsuitable" if accepted else "suitable")
    slot = (await world.slots(case))[0]
    await accepts_video(world, accepted=accepted)
    sent: dict[str, Any] = {"modality": "video", "slot": slot, "disclosed": RELEASED}
    for step in ("", "/check"):
        page = await send(
            world.staff, f"{path_of(world, case)}{step}", {**sent, "name_1": "", "interpreter": ""}
        )
        assert page.status == 422
        assert (UNSUITED if accepted else DECLINED) in field_error(page, "modality")
        assert barred(page.text) == {"video"}
    await accepts_video(world, accepted=True)
    assert not await world.rows(tables.requests, case_id=last_of(case))


@pytest.mark.parametrize("modality", WAYS)
async def test_another_way_goes_through_and_both_sides_read_it(world: World, modality: str) -> None:
    case = await world.case(suitability="unsuitable")
    page = await world.ask(case, modality=modality)
    assert page.status == 303
    booking = f"/bookings/{last_of(page.location)}"
    for reader in (world.staff, world.officer):
        seen = await reader.get(booking)
        facts, _, rest = seen.text.partition("</dl>")
        assert WAYS[modality] in facts
        assert WAYS[modality] in rest.partition('id="h-history"')[2]
    assert (await world.officer.get("/requests")).says(WAYS[modality].lower())
    assert (await world.officer.post(f"{booking}/confirm")).status == 303
    (row,) = await world.rows(tables.bookings, id=last_of(booking))
    assert (row["status"], row["modality"]) == ("confirmed", modality)


async def test_a_country_that_declines_video_can_still_be_asked(world: World) -> None:
    case = await world.case()
    await accepts_video(world, accepted=False)
    page = await world.staff.get(f"{case}/request")
    assert page.says("Entretiens en personne")
    assert f"{path_of(world, case)}/terms" in page.text
    answer = await world.ask(case, modality="in_person")
    await accepts_video(world, accepted=True)
    assert answer.status == 303
