"""A demonstration is seeded by the real verbs, with a recording that opens, and leaves nothing readable."""

import asyncio
import json
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from recordings.sealed_file import open_plaintext
from recordings.tables import sealed_files
from scheduling.listing import Slice
from scheduling.queries import CaseFilter, interviews_of, list_cases, requests_to_answer
from scheduling.tables import accounts, bookings, cases, organisations, requests
from server.clock import utc_now
from server.database import create_engine, for_reading
from server.demo import held
from server.demo.folder import DemoFolder, prepare
from server.demo.links import Links
from server.identity import sign_in
from server.logins import find_login
from server.rehearsal import search, tone
from server.rehearsal.card import Side
from server.rehearsal.opening import read_identity, watch
from tests.support.clock import FixedClock
from tests.support.database import new_database


def page_of(document: Mapping[str, Any]) -> bytes:
    return b"<html>" + json.dumps(document).encode() + b"</html>"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DemoFolder, Links]]:
    root = tmp_path_factory.mktemp("demo")
    with new_database(root / "data" / "parloir.db") as address:
        folder = DemoFolder(root, address)
        yield folder, asyncio.run(prepare(folder, utc_now, page_of))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DemoFolder]:
    with new_database(tmp_path / "data" / "parloir.db") as address:
        yield DemoFolder(tmp_path, address)


async def rows(folder: DemoFolder, *statements: Any) -> list[Any]:
    engine = create_engine(folder.database)
    try:
        async with for_reading(engine).connect() as session:
            return [(await session.execute(statement)).all() for statement in statements]
    finally:
        await engine.dispose()


async def test_every_route_has_a_booking_to_come(seeded: tuple[DemoFolder, Links]) -> None:
    joined = select(requests.c.route, bookings.c.status).join(
        bookings, bookings.c.request_id == requests.c.id
    )
    (found,) = await rows(seeded[0], joined)
    assert {route for route, status in found if status == "confirmed"} == {1, 2, 3}
    assert Counter(status for _, status in found) == {
        "confirmed": 3,
        "requested": 3,
        "completed": 2,
        "declined": 1,
    }


async def test_two_centres_hold_a_dozen_people_with_different_deadlines(
    seeded: tuple[DemoFolder, Links],
) -> None:
    deadlines, centres = await rows(
        seeded[0],
        select(cases.c.detention_ends_on),
        select(organisations.c.country).where(organisations.c.kind == "centre"),
    )
    assert len(deadlines) == 12
    assert len(set(deadlines)) == 12
    assert {row.country for row in centres} == {"BE", "LU"}


async def test_every_role_has_a_door_and_no_two_tokens_are_alike(seeded: tuple[DemoFolder, Links]) -> None:
    folder, links = seeded
    assert {door.role for door in links.shown} == {
        "centre_staff",
        "consular_officer",
        "supervisor",
        "administrator",
    }
    assert len({door.token for door in links.doors}) == len(links.doors)
    assert all(links.door_of(door.token) == door for door in links.doors)
    assert links.door_of("somebody") is None
    assert Links.read(folder.keys) == links
    (active,) = await rows(folder, select(func.count()).select_from(accounts))
    assert active[0][0] == len(links.doors)


def test_secret_keys_are_private_and_lie_outside_the_data_folder(seeded: tuple[DemoFolder, Links]) -> None:
    folder, _ = seeded
    for path in (folder.identity, folder.keys / "demo.json", folder.keys / "secret.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    needles = search.needles_of_text("key", str(read_identity(folder.identity)))
    assert search.find(folder.data, needles) == []
    assert search.find(folder.keys, needles) == []


async def test_the_past_interview_is_sealed_and_opens_with_the_supervisors_key(
    seeded: tuple[DemoFolder, Links],
) -> None:
    folder, _ = seeded
    (files,) = await rows(folder, select(sealed_files))
    kinds = Counter(row.kind for row in files)
    assert kinds == {"media": 2, "evidence": 1, "timeline": 1, "manifest": 1, "transcript": 2}
    identity = read_identity(folder.identity)
    sides = set()
    for row in files:
        base = folder.data / "recordings" / row.interview_id / row.id
        with open_plaintext(base, [identity]) as plaintext:
            content = plaintext.read()
        if row.kind == "media":
            watched = watch(content)
            (side,) = {one.reading.side for one in watched.pictures if one.reading}
            assert tone.share_with_tone(watched.heard, side) > 0.8
            assert watched.pictures[-1].pts_ms > held.RECORDED_SECONDS * 900
            sides.add(side)
    assert sides == set(Side)


def test_nothing_that_was_said_lies_in_clear(seeded: tuple[DemoFolder, Links]) -> None:
    folder, _ = seeded
    texts = [*(text for _, text in held.SAID), held.REASONS]
    needles = [needle for text in texts for needle in search.needles_of_text("minutes", text)]
    assert search.find(folder.data, needles) == []


async def test_the_desks_have_something_to_show(seeded: tuple[DemoFolder, Links]) -> None:
    folder, links = seeded
    engine = create_engine(folder.database)
    try:
        for key, waits in (("officer-conakry", 2), ("officer-banjul", 1)):
            async with engine.begin() as session:
                account_id = links.keyed(key).account_id
                token = await sign_in(session, utc_now, account_id, asks_code=False)
                login = await find_login(session, utc_now, token)
                assert login is not None
                assert len(await requests_to_answer(session, login.actor, utc_now())) == waits
                lists = await interviews_of(session, login.actor, utc_now())
                assert [*lists.today, *lists.coming]
        async with engine.begin() as session:
            token = await sign_in(
                session, utc_now, links.keyed("staff-steenokkerzeel").account_id, asks_code=False
            )
            login = await find_login(session, utc_now, token)
            assert login is not None
            rows_of_cases = (await list_cases(session, login.actor, utc_now(), CaseFilter(), Slice())).rows
            assert len(rows_of_cases) == 9
    finally:
        await engine.dispose()


@pytest.mark.parametrize(
    "moment", ["2026-01-01T00:30", "2026-03-29T01:30", "2026-08-15T13:00", "2027-02-28T23:59"]
)
async def test_a_demonstration_can_start_on_any_day_and_hour(
    folder: DemoFolder, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "RECORDED_SECONDS", 1.0)
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    links = await prepare(folder, FixedClock(now), page_of)
    assert links.shown


async def test_post_quantum_keys_are_made_on_demand(
    folder: DemoFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "RECORDED_SECONDS", 1.0)
    await prepare(folder, utc_now, page_of, post_quantum=True)
    assert read_identity(folder.identity).recipient().is_post_quantum
