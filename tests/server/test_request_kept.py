"""What was typed for a request survives the ways back and a change of language; no address holds it."""

from typing import Any

import pytest

from scheduling import tables
from tests.support.pages import World, carried, field_error, last_of, send
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")
GUEST = {
    "role_1": "lawyer",
    "name_1": "Me Dubois",
    "email_1": "dubois@example.org",
    "telephone_1": "+32 2 000 00 00",
    "language_1": "en",
}


async def path_of(world: World) -> tuple[str, dict[str, Any]]:
    case = await world.case()
    fields: dict[str, Any] = {"modality": "audio", "slot": (await world.slots(case))[:2]}
    return f"{case}/request/{world.house.organisations[POST]}", fields


async def test_the_way_back_from_each_step_keeps_a_guest(world: World) -> None:
    path, fields = await path_of(world)
    for step in ("/participants", "", "/terms"):
        page = await send(world.staff, f"{path}{step}", {**fields, **GUEST, "edit": "1"})
        assert page.status == 200, step
        for name, text in GUEST.items():
            assert text in carried(page, name) or f'id="{name}"' in page.text
        assert page.says("Me Dubois") or carried(page, "name_1") == ["Me Dubois"]
    page = await send(world.staff, f"{path}/participants", {**fields, **GUEST, "done": "1"})
    assert f'formaction="{path}/participants"' in page.text
    assert 'class="govuk-back-link p-back" form="draft"' in page.text


async def test_another_language_keeps_what_was_typed_and_sends_nothing(world: World) -> None:
    path, fields = await path_of(world)
    sent = {**fields, **GUEST, "disclosed": ["sex"]}
    for step in ("/check", "/participants", "", "/terms"):
        answer = await send(world.staff, f"/language?keep={path}{step}", {**sent, "language": "en"})
        assert (answer.status, answer.location) == (307, f"{path}{step}")
        page = await send(world.staff, answer.location, {**sent, "language": "en"})
        assert page.status == 200
        assert 'lang="en"' in page.text
        assert "Me Dubois" in page.text
    await send(world.staff, "/language", {"language": "fr", "next": "/"})
    assert not await world.rows(tables.requests, case_id=path.split("/")[2])


@pytest.mark.parametrize("keep", ["https://example.org/", "//example.org", "nowhere", ""])
async def test_a_form_is_sent_on_within_this_house_only(world: World, keep: str) -> None:
    answer = await send(world.staff, f"/language?keep={keep}", {"language": "fr", "next": "/cases"})
    assert (answer.status, answer.location) == (303, "/cases")


async def test_language_and_telephone_of_a_guest_are_kept_and_the_post_reads_neither_name_nor_number(
    world: World,
) -> None:
    case = await world.case()
    page = await world.ask(case, **GUEST)
    booking_id = last_of(page.location)
    (row,) = await world.rows(tables.guests, booking_id=booking_id)
    assert (row["telephone"], row["language"]) == ("+32 2 000 00 00", "en")
    seen = await world.officer.get(f"/bookings/{booking_id}")
    assert seen.says("anglais")
    assert not seen.says("Dubois")
    assert not seen.says("+32 2 000 00 00")


@pytest.mark.parametrize(
    ("field", "text"),
    [("name_1", "x" * 201), ("email_1", "x@" + "x" * 253), ("telephone_1", "0" * 41), ("language_1", "xx")],
)
@pytest.mark.parametrize(("step", "button"), [("participants", "done"), ("check", "send")])
async def test_what_no_column_holds_is_refused_beside_its_field(
    world: World, field: str, text: str, step: str, button: str
) -> None:
    path, fields = await path_of(world)
    page = await send(
        world.staff,
        f"{path}/{step}",
        {**fields, "disclosed": ["sex"], **GUEST, field: text, button: "1"},
    )
    assert page.status == 422
    assert field_error(page, field)


async def test_other_weeks_and_the_list_keep_a_guest(world: World) -> None:
    path, fields = await path_of(world)
    sent = {**fields, "from": "2026-09-28"}
    for button, shown in (({"week": "2026-10-05"}, "week"), ({"view": "list"}, "list")):
        page = await send(world.staff, path, {**sent, **GUEST, **button})
        assert page.status == 200
        assert carried(page, "name_1") == ["Me Dubois"]
        assert carried(page, "from") == [button.get("week", "2026-09-28")]
        assert f'action="{path}?view={shown}"' in page.text
        answer = await send(world.staff, path, {**sent, **button})
        assert f"from={button.get('week', '2026-09-28')}" in answer.location
    page = await send(world.staff, f"{path}?view=list", {**sent, **GUEST, "week": "2026-10-05"})
    assert f'action="{path}?view=list"' in page.text


async def test_the_way_back_to_the_posts_keeps_a_guest_and_only_the_wishes_of_the_same_post(
    world: World,
) -> None:
    path, fields = await path_of(world)
    posts, _, post_id = path.rpartition("/")
    page = await send(world.staff, posts, {**fields, **GUEST, "post": post_id})
    assert page.status == 200
    assert carried(page, "name_1") == ["Me Dubois"]
    assert f'formaction="{path}/terms"' in page.text
    assert f"keep={posts}" in page.text.replace("%2F", "/")
    for post, kept in ((post_id, fields["slot"]), ("another", [])):
        page = await send(world.staff, f"{path}/terms", {**fields, **GUEST, "post": post})
        assert carried(page, "slot") == kept
        assert carried(page, "name_1") == ["Me Dubois"]
