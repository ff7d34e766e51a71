"""Every page of cases, bookings, interviews, outcomes and sealed files answers in French and in English."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
import pytest_asyncio

from scheduling.errors import FieldRefused, SchedulingError, SlotTaken
from server.i18n import LOCALE_FOLDER, load_languages, merged_catalogue
from server.refusals import sentence
from tests.support.clock import NOON
from tests.support.pages import World
from tests.support.web import POST

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONCLUSION = {"value": "inconclusive", "travel_document": "no", "reasons": "Rien de tangible."}
_ELEMENT = re.compile(r"<(script|style|code|pre)\b.*?</\1>|<[^>]+>", re.DOTALL)


@dataclass(frozen=True)
class Pages:
    """The paths of the pages that each person reaches, with cases and bookings in every state."""

    of: dict[str, list[str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pages(world: World) -> Pages:
    cases = [await world.case(), await world.case(suitability="not_assessed", sex="", born_on="")]
    suspended, closed = await world.case(), await world.case()
    await world.staff.post(f"{suspended}/protection", {"open": "yes"})
    await world.staff.post(f"{closed}/leaving", {"status": "returned"})
    requested, declined = await world.requested(), await world.requested()
    await world.officer.post(f"{declined}/decline", {"code": "wants_in_person"})
    confirmed, planned = await world.confirmed()
    running, ended, concluded = await world.running(), await world.ended(), await world.ended()
    await world.show(running, "national_passport")
    await world.officer.post(f"{concluded}/outcome", CONCLUSION)
    bookings = [requested, declined, confirmed]
    interviews = [planned, running, ended, concluded]
    both = ["/", "/day", "/week", "/interviews", *bookings, *interviews]
    read = ["/cases", *cases, suspended, closed]
    asked = [f"{cases[0]}/request", f"{cases[0]}/request/{world.house.organisations[POST]}"]
    return Pages(
        {
            "staff": [*both, *read, "/cases/new", *asked, f"{asked[1]}?view=list"],
            "officer": [*both, "/requests", f"{ended}/outcome"],
            "supervisor": [*both, *read, *(f"{path}/sealed" for path in interviews)],
            "administrator": ["/"],
        }
    )


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("who", ["staff", "officer", "supervisor", "administrator"])
async def test_every_page_answers_in_the_readers_language(
    world: World, pages: Pages, who: str, code: str
) -> None:
    browser = world.people[who]
    await browser.post("/language", {"language": code, "next": "/"})
    for path in pages.of[who]:
        page = await browser.get(path)
        assert page.status == 200, path
        assert f'<html lang="{code}"' in page.text, path
        wrong = _foreign_words(page.text, code)
        assert not wrong, f"{path}: {wrong}"
    await browser.post("/language", {"language": "fr", "next": "/"})


def _foreign_words(text: str, code: str) -> set[str]:
    """Whole texts of a page that stand in the other language's catalogue only."""
    own, foreign = _SAID[code], _SAID["en" if code == "fr" else "fr"]
    texts = {" ".join(unescape(piece).split()) for piece in re.split(_ELEMENT, text) if piece}
    return {piece for piece in texts if piece in foreign and piece not in own}


def _said() -> dict[str, set[str]]:
    french = [message for message in merged_catalogue(LOCALE_FOLDER, "fr") if isinstance(message.id, str)]
    return {
        "en": {str(message.id) for message in french if " " in str(message.id)},
        "fr": {" ".join(str(message.string).split()) for message in french if " " in str(message.id)},
    }


_SAID = _said()


@pytest.mark.parametrize("code", ["fr", "en"])
async def test_every_refusal_is_a_sentence_without_its_class_or_codes(code: str) -> None:
    reader = load_languages()[code]
    refusals: list[SchedulingError] = [
        SlotTaken("room", NOON),
        FieldRefused("remark", "needed"),
        FieldRefused("nothing", "known"),
        SchedulingError(),
    ]
    words = [sentence(refusal, reader) for refusal in refusals]
    assert all(words)
    assert not re.search("SlotTaken|Error|room|needed|known", " ".join(words))
