"""The pages of organisations and hours: what each role finds, what is said beside a field, what is saved."""

import re
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from scheduling import tables
from scheduling.errors import FieldRefused
from tests.support.pages import OTHER_CENTRE, OTHER_POST, World, field_error, save, send
from tests.support.web import AUTHORITY, CENTRE, POST, Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOURS = {
    "days-0": ["MO", "TU"],
    "from-0": "09:00",
    "to-0": "12:00",
    "slot_minutes": "45",
    "lead_hours": "1,5",
    "daily_quota": "",
    "seats": "2",
}
_LINES = ("BEGIN:VEVENT", "UID:x", "SUMMARY:x", "DTSTART:20261005T080000Z", "DURATION:PT1H", "END:VEVENT", "")
_BUSY_SHOWN = re.compile(r'name="shown" value="([0-9a-f]+)"')
EVENT = "\r\n".join(_LINES)
BROKEN = "BEGIN:VEVENT\r\nUID:y\r\nEND:VEVENT\r\n"


def post_of(world: World) -> str:
    return world.house.organisations[POST]


def hours_of(world: World) -> str:
    return f"/places/{post_of(world)}/hours"


async def test_each_role_finds_what_it_keeps(world: World) -> None:
    post, other = post_of(world), world.house.organisations[OTHER_POST]
    officer, staff = await world.officer.get("/places"), await world.staff.get("/places")
    administrator = await world.people["administrator"].get("/places")
    assert post in officer.text
    assert other not in officer.text
    assert world.room_id in staff.text
    assert post not in staff.text
    assert post in administrator.text
    assert other in administrator.text
    assert (await world.supervisor.get("/places")).status == 404


@pytest.mark.parametrize("who", ["staff", "other_officer", "supervisor"])
async def test_others_cannot_keep_a_post(world: World, who: str) -> None:
    browser = world.people[who]
    for path in (f"/places/{post_of(world)}", hours_of(world)):
        assert (await browser.get(path)).status == 404
        assert (await send(browser, path, HOURS)).status == 404


@pytest.mark.parametrize("path", ["/places/new/post", "/places/new/interpreter", "/profiles/GN/BE"])
@pytest.mark.parametrize("who", ["staff", "officer", "supervisor"])
async def test_only_an_administrator_keeps_what_belongs_to_nobody(world: World, who: str, path: str) -> None:
    assert (await world.people[who].get(path)).status == 404
    assert (await send(world.people[who], path, {"name": "x"})).status == 404


async def test_hours_are_saved_and_shown_again(world: World) -> None:
    answer = await save(world.officer, hours_of(world), HOURS)
    assert answer.status == 303, answer.text
    page = await world.officer.get(answer.location)
    assert 'value="12:00"' in page.text
    assert 'value="1.5"' in page.text
    rows = await world.rows(tables.availability, owner_id=post_of(world))
    assert [row["rule"] for row in rows] == ["FREQ=WEEKLY;BYDAY=MO,TU"]
    assert ("keep_hours", "") in await world.audited(post_of(world))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to-0": "08:00"}, "to-0"),
        ({"from-0": "25:00"}, "from-0"),
        ({"days-0": []}, "days-0"),
        ({"days-1": ["MO"], "from-1": "11:00", "to-1": "13:00"}, "days-1"),
        ({"shut-on-0": "2026-09-01"}, "shut-on-0"),
        ({"shut-on-0": "2026-13-01"}, "shut-on-0"),
        ({"shut-on-0": "9999-12-31"}, "shut-on-0"),
        ({"shut-on-0": "2026-10-02", "shut-until-0": "2026-10-01"}, "shut-to-0"),
        ({"shut-on-0": "2026-10-02", "shut-on-1": "2026-10-02"}, "shut-on-1"),
        ({"open-on-0": "2026-10-03"}, "open-from-0"),
        ({"slot_minutes": "7"}, "slot_minutes"),
        ({"slot_minutes": "45.5"}, "slot_minutes"),
        ({"seats": ""}, "seats"),
        ({"lead_hours": "nan"}, "lead_hours"),
        ({"daily_quota": "-1"}, "daily_quota"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_saved(
    world: World, changes: dict[str, Any], field: str
) -> None:
    before = await world.rows(tables.availability, owner_id=post_of(world))
    page = await save(world.officer, hours_of(world), {**HOURS, **changes})
    assert page.status == 422
    assert field_error(page, field)
    assert await world.rows(tables.availability, owner_id=post_of(world)) == before


async def test_a_preview_draws_and_saves_nothing(world: World) -> None:
    before = await world.rows(tables.availability, owner_id=post_of(world))
    fields = {
        "days-0": "WE",
        "from-0": "22:00",
        "to-0": "06:00",
        "slot_minutes": "45",
        "lead_hours": "1",
        "seats": "1",
    }
    page = await send(world.officer, f"{hours_of(world)}/preview", fields)
    assert page.status == 200
    assert 'x="1320"' in page.text
    drawn = await world.officer.ask_json("POST", f"{hours_of(world)}/preview", fields)
    assert [mark for lane in drawn.json["lanes"] if lane["on"] == "2026-09-24" for mark in lane["marks"]] == [
        ["open", 0, 360]
    ]
    assert await world.rows(tables.availability, owner_id=post_of(world)) == before


async def upload(browser: Browser, path: str, content: bytes, shown: str = "") -> Page:
    form = aiohttp.FormData({"csrf_token": browser.token, "shown": shown})
    form.add_field("calendar", BytesIO(content), filename="mine.ics", content_type="text/calendar")
    async with browser.session.post(path, data=form, allow_redirects=False) as answer:
        return Page(answer.status, path, await answer.text(), answer.headers)


def calendar(*events: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


async def test_an_import_replaces_the_former_one_and_keeps_no_summary(world: World) -> None:
    path = f"/places/{post_of(world)}/busy"
    for _ in range(2):
        answer = await upload(world.officer, path, calendar(EVENT, BROKEN))
        assert answer.status == 303, answer.text
    page = await world.officer.get(answer.location)
    assert page.says("1 événement n\u2019a pas pu être lu.")
    rows = await world.rows(tables.closures, owner_id=post_of(world), kind="busy")
    assert [row["reason"] for row in rows] == [""]


async def test_an_import_wipes_no_other_that_its_sender_never_saw(world: World) -> None:
    path, boss = f"/places/{post_of(world)}/busy", world.people["administrator"]
    first, second = (calendar(EVENT.replace("1005T", f"100{day}T")) for day in (6, 7))
    opened = _BUSY_SHOWN.findall((await boss.get(hours_of(world))).text)[-1]
    seen = _BUSY_SHOWN.findall((await world.officer.get(hours_of(world))).text)[-1]
    assert (await upload(world.officer, path, first, seen)).status == 303
    before = await world.rows(tables.closures, owner_id=post_of(world), kind="busy")
    page = await upload(boss, path, second, opened)
    assert page.status == 422
    assert field_error(page, "calendar")
    assert await world.rows(tables.closures, owner_id=post_of(world), kind="busy") == before
    answer = await upload(boss, path, second, _BUSY_SHOWN.findall(page.text)[-1])
    assert answer.status == 303, "whoever has seen what stands may put another in its place"
    assert await world.rows(tables.closures, owner_id=post_of(world), kind="busy") != before


async def test_what_the_rules_refuse_though_the_form_reads_well_is_said_beside_a_field(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await world.rows(tables.availability, owner_id=post_of(world))

    def over_meanwhile(*_: object) -> None:
        raise FieldRefused("shut", "in_the_past")

    monkeypatch.setattr("scheduling.keep_hours.check_dates", over_meanwhile)
    page = await save(world.officer, hours_of(world), HOURS | {"shut-on-0": "2026-10-02"})
    assert page.status == 422
    assert field_error(page, "shut-on-0")
    assert page.says("revoyez-les")
    assert 'value="2026-10-02"' in page.text
    assert await world.rows(tables.availability, owner_id=post_of(world)) == before


FILES = {
    "nothing": b"",
    "an archive": b"PK\x03\x04",
    "more than 1 MB": calendar(EVENT) + b" " * 1_100_000,
    "too many events": calendar(*["BEGIN:VEVENT\nEND:VEVENT\n"] * 5001),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
async def test_a_file_that_cannot_be_read_is_said_and_the_former_import_stays(
    world: World, content: bytes
) -> None:
    before = await world.rows(tables.closures, owner_id=post_of(world))
    page = await upload(world.officer, f"/places/{post_of(world)}/busy", content)
    assert page.status == 422
    assert field_error(page, "calendar")
    assert await world.rows(tables.closures, owner_id=post_of(world)) == before


async def streamed(mebibytes: int) -> AsyncIterator[bytes]:
    yield (
        b'--x\r\nContent-Disposition: form-data; name="calendar"; filename="mine.ics"\r\n'
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
    )
    for _ in range(mebibytes):
        yield EVENT.encode() + b" " * (1024 * 1024)
    yield b"\r\nEND:VCALENDAR\r\n--x--\r\n"


@pytest.mark.parametrize("sent_length", [50 * 1024 * 1024, 0], ids=["length announced", "chunked"])
async def test_a_body_beyond_every_limit_is_told_the_limit_and_what_to_do(
    world: World, sent_length: int
) -> None:
    path, before = f"/places/{post_of(world)}/busy", await world.rows(tables.closures)
    if sent_length:
        page = await upload(world.officer, path, b" " * sent_length)
    else:
        headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRF-Token": world.officer.token}
        async with world.officer.session.post(path, data=streamed(50), headers=headers) as answer:
            page = Page(answer.status, path, await answer.text(), answer.headers)
    assert page.status == 413
    assert page.says("Un fichier de calendrier fait au plus 1\u00a0Mo")
    assert page.says("exportez seulement l\u2019année à venir. Rien n\u2019a été importé.")
    assert not page.says("32\u00a0Mo")
    assert await world.rows(tables.closures) == before


async def test_an_officer_changes_languages_and_contacts_but_not_the_name(world: World) -> None:
    fields = {
        "name": "Autre",
        "country": "ML",
        "languages": ["fr", "sus"],
        "contact-name-0": "Awa Bah",
        "contact-email-0": "awa@example.org",
    }
    answer = await save(world.officer, f"/places/{post_of(world)}", fields)
    assert answer.status == 303, answer.text
    (row,) = await world.rows(tables.organisations, id=post_of(world))
    assert (row["name"], row["country"], row["languages"], row["is_active"]) == (
        POST,
        "GN",
        ["fr", "sus"],
        True,
    )
    contacts = await world.rows(tables.focal_points, organisation_id=post_of(world))
    assert [each["name"] for each in contacts] == ["Awa Bah"]


async def test_an_administrator_adds_a_post_and_its_route_is_shown(world: World) -> None:
    boss = world.people["administrator"]
    fields = {
        "name": "Ambassade du Sénégal",
        "country": "SN",
        "host_country": "FR",
        "zone": "Europe/Paris",
        "city": "Paris",
        "accredited_to": ["BE"],
        "is_active": "yes",
        "languages": ["fr"],
    }
    answer = await send(boss, "/places/new/post", fields)
    assert answer.status == 303, answer.text
    assert (await boss.get(answer.location)).status == 200
    page = await boss.get(answer.location.removesuffix("/hours"))
    assert page.says("Voies, telles qu\u2019enregistrées")
    wrong = await send(boss, "/places/new/post", {**fields, "zone": "Mars/Olympus"})
    assert wrong.status == 422
    assert field_error(wrong, "zone")


async def test_staff_add_a_room_once_and_put_it_out_of_use(world: World) -> None:
    new = f"/places/{world.house.organisations[CENTRE]}/rooms/new"
    fields = {"name": "Visio 9", "equipment": ["headsets", "throne"], "is_active": "yes"}
    answer = await send(world.staff, new, fields)
    assert answer.status == 303, answer.text
    again = await send(world.staff, new, fields)
    assert field_error(again, "name")
    room = answer.location.removesuffix("/hours")
    assert (await save(world.staff, room, {"name": "Visio 9"})).status == 303
    statement = select(tables.rooms.c.is_active).where(tables.rooms.c.name == "Visio 9")
    assert await world.one(statement) is False
    assert (await save(world.people["other_staff"], room, fields)).status == 404


async def test_an_administrator_adds_an_interpreter_and_keeps_a_profile(world: World) -> None:
    boss = world.people["administrator"]
    person = {
        "name": "Fatou Sow",
        "country": "BE",
        "zone": "Europe/Brussels",
        "languages": ["fuf"],
        "is_active": "yes",
    }
    assert (await send(boss, "/places/new/interpreter", person)).status == 303
    assert (
        field_error(
            await send(boss, "/places/new/interpreter", {**person, "languages": []}), "languages-error"
        )
        == ""
    )
    profile = {
        "accepts_video": "yes",
        "days_to_arrange": "7",
        "documents_wanted": ["copies"],
        "class-driving_licence": "proof",
    }
    assert (await save(boss, "/profiles/GM/BE", profile)).status == 303
    (row,) = await world.rows(tables.country_profiles, country="GM")
    assert (row["accepts_recording"], row["days_to_arrange"], row["evidence_classes"]) == (
        False,
        7,
        {"driving_licence": "proof"},
    )
    wrong = await save(boss, "/profiles/GM/BE", {**profile, "days_to_issue": "0"})
    assert field_error(wrong, "days_to_issue")
    assert (await boss.get("/profiles/XX/BE")).status == 404


CENTRE_FACTS = {
    "name": "Centre du Littoral",
    "country": "BE",
    "city": "Bruges",
    "zone": "Europe/Brussels",
    "is_active": "yes",
}


async def test_an_administrator_adds_a_centre_and_puts_it_out_of_use(world: World) -> None:
    boss = world.people["administrator"]
    for field, wrong in (("zone", "Mars/Olympus"), ("country", "GN"), ("name", "")):
        page = await send(boss, "/places/new/centre", {**CENTRE_FACTS, field: wrong})
        assert page.status == 422
        assert field_error(page, field)
    assert (await send(boss, "/places/new/centre", CENTRE_FACTS)).status == 303
    (row,) = await world.rows(tables.organisations, name="Centre du Littoral")
    assert (row["kind"], row["country"], row["host_country"]) == ("centre", "BE", "BE")
    assert ("add_centre", "") in await world.audited(row["id"])
    assert (await boss.get("/places")).says("Centre du Littoral, Bruges")
    out = {name: value for name, value in CENTRE_FACTS.items() if name != "is_active"}
    assert (await save(boss, f"/places/{row['id']}", out)).status == 303
    (row,) = await world.rows(tables.organisations, id=row["id"])
    assert row["is_active"] is False


async def test_an_administrator_keeps_the_telephone_of_a_centre(world: World) -> None:
    boss, centre = world.people["administrator"], world.house.organisations[OTHER_CENTRE]
    path = f"/places/{centre}"
    told = {"contact-name-0": "Permanence", "contact-telephone-0": "+32 2 755 11 22"}
    facts = {**CENTRE_FACTS, "name": OTHER_CENTRE, "is_active": "yes"}
    assert (await save(boss, path, {**facts, **told})).status == 303
    assert 'value="+32 2 755 11 22"' in (await boss.get(path)).text
    (row,) = await world.rows(tables.focal_points, organisation_id=centre)
    assert (row["name"], row["telephone"]) == ("Permanence", "+32 2 755 11 22")
    assert (await save(boss, path, {**facts, "contact-telephone-0": "+32 2 755 11 22"})).status == 422


async def test_another_zone_moves_the_weekly_hours_of_the_rooms_and_no_date(world: World) -> None:
    boss, staff = world.people["administrator"], world.people["other_staff"]
    centre = world.house.organisations[OTHER_CENTRE]
    assert (await save(staff, f"/places/{centre}/rooms/new", {"name": "Visio 1"})).status == 303
    (room,) = await world.rows(tables.rooms, centre_id=centre, name="Visio 1")
    hours = {"days-0": "MO", "from-0": "09:00", "to-0": "12:00", "shut-on-0": "2026-10-02"}
    assert (await save(staff, f"/places/{room['id']}/hours", hours)).status == 303
    shut = await world.rows(tables.closures, owner_id=room["id"])
    page = await boss.get(f"/places/{centre}")
    assert page.says("les heures hebdomadaires des locaux sont lues dans le nouveau fuseau")
    facts = {**CENTRE_FACTS, "name": OTHER_CENTRE, "country": "PT", "zone": "Europe/Lisbon"}
    assert (await save(boss, f"/places/{centre}", facts)).status == 303
    (weekly,) = await world.rows(tables.availability, owner_id=room["id"])
    assert (weekly["zone"], f"{weekly['starts_local']:%H:%M}") == ("Europe/Lisbon", "09:00")
    assert await world.rows(tables.closures, owner_id=room["id"]) == shut
    assert {row["zone"] for row in await world.rows(tables.availability, owner_id=world.room_id)} == {
        "Europe/Brussels"
    }


async def test_only_an_administrator_keeps_centres_and_the_authority(world: World) -> None:
    authority, centre = world.house.organisations[AUTHORITY], world.house.organisations[CENTRE]
    for who in ("staff", "officer", "supervisor"):
        for path in (f"/places/{centre}", f"/places/{authority}", "/places/new/centre"):
            assert (await send(world.people[who], path, CENTRE_FACTS)).status == 404
    boss = world.people["administrator"]
    facts = {"name": AUTHORITY, "country": "BE", "city": "Bruxelles", "zone": "Europe/Brussels"}
    assert (await save(boss, f"/places/{authority}", facts)).status == 303
    (row,) = await world.rows(tables.organisations, id=authority)
    assert (row["kind"], row["city"], row["is_active"]) == ("authority", "Bruxelles", True)
    assert (await boss.get(f"/places/{authority}/hours")).status == 404


async def test_nothing_new_is_offered_in_a_centre_out_of_use(world: World) -> None:
    case, boss = await world.case(), world.people["administrator"]
    assert await world.slots(case)
    centre = world.house.organisations[CENTRE]
    facts = {"name": CENTRE, "country": "BE", "city": "", "zone": "Europe/Brussels"}
    assert (await save(boss, f"/places/{centre}", facts)).status == 303
    assert await world.slots(case) == []
    assert (await save(boss, f"/places/{centre}", {**facts, "is_active": "yes"})).status == 303
    assert await world.slots(case)
