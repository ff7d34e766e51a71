"""What the officers of a country usually ask: kept with its profile, noted with one press in the room."""

import pytest

from scheduling import tables
from scheduling.profile import MOST_QUESTION_CHARS, MOST_QUESTIONS
from tests.support.pages import World, field_error, save

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROFILE = "/profiles/GN/BE"


async def kept(world: World) -> list[str]:
    (row,) = await world.rows(tables.country_profiles, country="GN", member_state="BE")
    return list(row["questions"])


async def test_each_line_is_a_question_that_the_officer_has_in_the_room(world: World) -> None:
    boss = world.people["administrator"]
    lines = "  Où êtes-vous né ?\r\n\r\nQui est votre\tpère ?\nOù êtes-vous né ?\n"
    form = {"accepts_video": "yes", "accepts_recording": "yes", "questions": lines}
    assert (await save(boss, PROFILE, form)).status == 303
    assert await kept(world) == ["Où êtes-vous né ?", "Qui est votre père ?"]
    assert (await boss.get(PROFILE)).says("Où êtes-vous né ?\nQui est votre père ?")
    path = await world.running()
    room = await world.officer.get(f"{path}/room")
    assert room.text.count("data-question") == 2
    assert "data-question" not in (await world.staff.get(f"{path}/room")).text
    said = {"kind": "question", "text": "Qui est votre père ?"}
    assert (await world.officer.ask_json("POST", f"{path}/minutes", said)).status == 200
    await world.officer.post(f"{path}/end", {"ending": "normal"})


@pytest.mark.parametrize(
    "lines",
    ["\n".join(f"Question {n} ?" for n in range(MOST_QUESTIONS + 1)), "q" * (MOST_QUESTION_CHARS + 1)],
)
async def test_too_many_or_too_long_ones_are_refused_beside_the_field(world: World, lines: str) -> None:
    boss = world.people["administrator"]
    before = await kept(world) if await world.rows(tables.country_profiles, country="GN") else []
    page = await save(boss, PROFILE, {"questions": lines})
    assert page.status == 422
    assert "au plus" in field_error(page, "questions")
    assert await kept(world) == before
