"""The one character that PostgreSQL keeps in no text: refused on both databases, wherever it comes in."""

from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from sqlalchemy import select

from scheduling import tables
from scheduling.actor import Role
from server.database import create_engine, for_reading
from server.errors import NotText
from tests.support.database import POSTGRESQL, Content, new_database
from tests.support.web import House


@pytest.mark.parametrize("shape", ["urlencoded", "multipart"])
async def test_a_form_that_holds_it_cannot_be_read(house: House, shape: str) -> None:
    browser = await house.sign_in_as(Role.CENTRE_STAFF)
    fields = {"csrf_token": browser.token, "language": "fr\0", "next": "/"}
    form = aiohttp.FormData(fields, default_to_multipart=shape == "multipart")
    async with browser.session.post("/language", data=form, allow_redirects=False) as answer:
        assert answer.status == 400


async def test_an_address_that_holds_it_leads_nowhere(house: House) -> None:
    browser = await house.sign_in_as(Role.CENTRE_STAFF)
    assert (await browser.get(f"/cases/{quote(chr(0))}")).status == 404


@pytest.mark.own_database
async def test_one_that_comes_in_elsewhere_is_no_fault_of_the_house(tmp_path: Path) -> None:
    with new_database(tmp_path / "x.db", Content.TABLES, POSTGRESQL) as address:
        engine = create_engine(address)
        async with for_reading(engine).connect() as session:
            with pytest.raises(NotText):
                await session.execute(select(tables.cases.c.id).where(tables.cases.c.reference == "\0"))
        await engine.dispose()
