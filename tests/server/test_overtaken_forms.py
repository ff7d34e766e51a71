"""Two people keep the same thing: nobody overwrites what they never saw, and nothing typed is lost."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.pages import World, carried, save, send
from tests.support.web import AUTHORITY, CENTRE, POST, Browser

pytestmark = pytest.mark.asyncio(loop_scope="module")
Fields = dict[str, Any]
IN_BRUSSELS = {"country": "BE", "zone": "Europe/Brussels"}
POST_FACTS = {
    "name": POST,
    "country": "GN",
    "host_country": "BE",
    "zone": "Europe/Brussels",
    "is_active": "yes",
}
PACE = {"slot_minutes": "45", "lead_hours": "1", "seats": "1"}
WEEK = {"days-0": ["MO", "TU"], "from-0": "09:00", "to-0": "12:00"}


@dataclass(frozen=True)
class Kept:
    """A thing that two people keep: theirs is saved first, and `stands` says it to the second."""

    noun: str
    theirs: Fields
    ours: Fields
    stands: str
    keeper: str = "administrator"
    other: str = "administrator"

    def path(self, world: World) -> str:
        names = {"post": POST, "centre": CENTRE, "authority": AUTHORITY}
        noun, _, page = self.noun.partition("/")
        if noun == "profile":
            return f"/profiles/{page}/BE"
        ids = {name: world.house.organisations[key] for name, key in names.items()}
        return f"/places/{({'room': world.room_id} | ids)[noun]}" + (f"/{page}" if page else "")


KEPT = {
    "post": Kept("post", {**POST_FACTS, "city": "Uccle"}, {**POST_FACTS, "languages": ["fr"]}, "Uccle"),
    "post, by its officer": Kept(
        "post",
        {**POST_FACTS, "languages": ["sus"]},
        {"contact-name-0": "Awa Bah", "contact-email-0": "awa@example.org"},
        "soussou",
        keeper="officer",
    ),
    "room": Kept(
        "room",
        {"name": "Visio 1", "is_active": "yes", "equipment": ["hearing_loop"]},
        {"name": "Visio 2", "is_active": "yes"},
        "Boucle magnétique",
        keeper="staff",
    ),
    "centre": Kept(
        "centre",
        {**IN_BRUSSELS, "name": CENTRE, "city": "Machelen"},
        {**IN_BRUSSELS, "name": "Centre 127"},
        "Machelen",
    ),
    "authority": Kept(
        "authority",
        {**IN_BRUSSELS, "name": AUTHORITY, "city": "Bruxelles"},
        {**IN_BRUSSELS, "name": "Office"},
        "Bruxelles",
    ),
    "profile": Kept(
        "profile/GN",
        {"days_to_arrange": "7", "documents_wanted": ["copies"]},
        {"accepts_video": "yes", "documents_wanted": ["copies"]},
        "Jours pour organiser un entretien",
    ),
    "profile never saved": Kept(
        "profile/SN", {"days_to_issue": "5"}, {"class-driving_licence": "proof"}, "5"
    ),
    "hours of a post": Kept(
        "post/hours",
        {**PACE, **WEEK},
        {**PACE, "shut-on-0": "2026-10-02"},
        "Lun, Mar 09:00\N{EN DASH}12:00",
        keeper="officer",
    ),
    "hours of a room": Kept(
        "room/hours",
        {"shut-on-0": "2026-10-05", "shut-reason-0": "Travaux"},
        WEEK,
        "5 octobre 2026, Travaux",
        keeper="staff",
    ),
    "closures of a centre": Kept(
        "centre/hours",
        {"worked": "2026-12-25"},
        {"shut-on-0": "2026-10-02"},
        "vendredi 25 décembre 2026",
        "staff",
    ),
}
every_kind = pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)


async def opened(browser: Browser, path: str) -> Fields:
    """What the hidden fields of a form hold."""
    page = await browser.get(path)
    assert page.status == 200
    return {name: carried(page, name) for name in ("shown", "zone") if carried(page, name)}


@every_kind
async def test_who_was_overtaken_is_told_what_stands_and_may_save_once_more(world: World, kept: Kept) -> None:
    keeper, other, path = world.people[kept.keeper], world.people[kept.other], kept.path(world)
    first = await opened(keeper, path)
    assert (await save(other, path, kept.theirs)).status == 303
    theirs = await opened(keeper, path)
    page = await send(keeper, path, {**first, **kept.ours})
    assert page.status == 422
    assert page.says("a été modifiée après que vous l\u2019avez ouverte")
    assert page.says(kept.stands)
    assert await opened(keeper, path) == theirs
    for value in (each for each in kept.ours.values() if isinstance(each, str) and each):
        assert f'value="{value}"' in page.text
    again = await send(keeper, path, {**first, **kept.ours, "shown": carried(page, "shown")})
    assert again.status == 303, again.text
    assert await opened(keeper, path) != theirs


@every_kind
async def test_of_two_who_save_at_the_same_moment_one_is_told(world: World, kept: Kept) -> None:
    other, path = world.people[kept.other], kept.path(world)
    assert (await save(other, path, {**kept.theirs, **kept.ours})).status == 303
    assert await at_once(world, kept, path) == [303, 422]


async def test_of_two_who_agree_first_with_a_country_one_is_told(world: World) -> None:
    assert await at_once(world, KEPT["profile"], "/profiles/ML/BE") == [303, 422]


async def at_once(world: World, kept: Kept, path: str) -> list[int]:
    """Both save what neither has seen saved; gives what they are answered."""
    keeper, other = world.people[kept.keeper], world.people[kept.other]
    ours, theirs = await opened(keeper, path), await opened(other, path)
    sent = send(keeper, path, {**ours, **kept.ours}), send(other, path, {**theirs, **kept.theirs})
    return sorted(page.status for page in await asyncio.gather(*sent))
