"""Style sheets and scripts travel compressed; pages, which hold secrets, do not."""

import pytest

from tests.support.web import House

GZIP = {"Accept-Encoding": "gzip"}
SCRIPT = "/static/js/room/main.js"


@pytest.mark.parametrize("path", [SCRIPT, "/static/css/door.css"])
async def test_files_are_compressed_for_who_can_read_them_and_whole_again_afterwards(
    house: House, path: str
) -> None:
    browser = house.browser()
    small = await browser.get(path, headers=GZIP)
    whole = await browser.get(path, headers={"Accept-Encoding": "identity"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in whole.headers
    assert {small.headers["Vary"], whole.headers["Vary"]} == {"Accept-Encoding"}
    assert small.text == whole.text


async def test_neither_a_page_nor_a_part_of_a_file_is_compressed(house: House) -> None:
    browser = house.browser()
    page = await browser.get("/sign-in", headers=GZIP)
    part = await browser.get(SCRIPT, headers={**GZIP, "Range": "bytes=0-99"})
    assert "Content-Encoding" not in page.headers
    assert "Content-Encoding" not in part.headers
    assert (part.status, len(part.text.encode())) == (206, 100)


async def test_a_file_that_has_not_changed_is_answered_without_a_body(house: House) -> None:
    browser = house.browser()
    first = await browser.get(SCRIPT, headers=GZIP)
    for header, value in (("if-none-match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = await browser.get(SCRIPT, headers={**GZIP, header: first.headers[value]})
        assert (again.status, again.text) == (304, "")
        assert "Content-Encoding" not in again.headers
        assert "Transfer-Encoding" not in again.headers
