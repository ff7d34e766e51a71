"""Who attended, as the host corrects it; and what the officer has of the person beside the picture."""

import pytest

from scheduling import tables
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def seat_of(world: World, path: str, role: str) -> str:
    (row,) = await world.rows(tables.participants, interview_id=last_of(path), role=role)
    return str(row["id"])


async def attendance(world: World, seat: str) -> tuple[str | None, str | None]:
    (row,) = await world.rows(tables.participants, id=seat)
    return row["attendance"], row["correction"]


async def test_the_host_corrects_what_the_line_tells_until_the_outcome_is_signed(world: World) -> None:
    path = await world.ended()
    seat = await seat_of(world, path, "consular_officer")
    form = {"participant_id": seat, "why": "only_a_device"}
    for stranger in ("officer", "other_staff", "supervisor"):
        assert (await world.people[stranger].post(f"{path}/attendance", form)).status == 404, stranger
    assert (await world.staff.post(f"{path}/attendance", {**form, "why": "because"})).status == 400
    assert (await attendance(world, seat))[1] is None
    assert (await world.staff.post(f"{path}/attendance", form)).location == path
    assert await attendance(world, seat) == ("absent", "only_a_device")
    assert (await world.staff.get(path)).says("N’a pas participé (seul un appareil était connecté)")  # noqa: RUF001
    await world.staff.post(f"{path}/attendance", {**form, "why": "by_telephone"})
    assert await attendance(world, seat) == ("attended", "by_telephone")
    assert [act for act, _ in await world.audited(seat)] == ["admit", "correct", "correct"]


async def test_nobody_corrects_a_running_interview(world: World) -> None:
    path = await world.running()
    seat = await seat_of(world, path, "consular_officer")
    assert f"{path}/attendance" not in (await world.staff.get(path)).text
    form = {"participant_id": seat, "why": "somebody_else"}
    assert (await world.staff.post(f"{path}/attendance", form)).status == 400
    assert (await attendance(world, seat))[1] is None
    await world.officer.post(f"{path}/end", {"ending": "normal"})


async def test_a_signed_outcome_fixes_the_attendance(world: World) -> None:
    path = await world.ended()
    seat = await seat_of(world, path, "detainee")
    says = {"value": "inconclusive", "reasons": "Rien de clair.", "travel_document": "later"}
    signed = await world.officer.post(f"{path}/outcome", says)
    assert signed.status == 303, signed.text
    assert f"{path}/attendance" not in (await world.staff.get(path)).text
    await world.staff.post(f"{path}/attendance", {"participant_id": seat, "why": "somebody_else"})
    assert (await world.staff.get(path)).says("la présence reste telle qu’elle est scellée")  # noqa: RUF001
    assert (await attendance(world, seat))[1] is None


async def test_the_officer_has_what_was_released_beside_the_picture_and_the_host_nothing_of_it(
    world: World,
) -> None:
    path = await world.running()
    assert (await world.officer.get(f"{path}/room")).says("Ce que le centre a communiqué")
    assert ("view", "room") in await world.audited(last_of(path))
    assert not (await world.staff.get(f"{path}/room")).says("Ce que le centre a communiqué")
    await world.officer.post(f"{path}/end", {"ending": "normal"})
