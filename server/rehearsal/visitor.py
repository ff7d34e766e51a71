"""A visitor of the real pages: follows links and fills in forms as a browser without JavaScript would."""

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import aiohttp

from server.rehearsal.errors import FoundWrong, PageRefused
from server.rehearsal.page import Form, Page, read_page, summary_of

SECONDS: Final = 30
BAD: Final = 400
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class Visitor:
    """One person's browser: its own cookies, one address, no script."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
            headers={"Accept-Language": "en"},
        )
        self._csrf_token = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.close()

    async def get(self, path: str) -> Page:
        """Open a page (a path or a whole address of the same server), following redirects."""
        async with self.http.get(urljoin(self.base + "/", path)) as answer:
            return await self._page("GET", path, answer)

    async def download(self, path: str) -> tuple[str, bytes]:
        """Download a file under the name that the server gives it; raises FoundWrong when that is a path."""
        async with self.http.get(urljoin(self.base + "/", path)) as answer:
            if answer.status >= BAD:
                raise PageRefused("GET", path, answer.status)
            name = answer.content_disposition.filename if answer.content_disposition else None
            if not name or not FILE_NAME.fullmatch(name):
                raise FoundWrong("a download has no plain file name")
            return name, await answer.read()

    async def bytes_of(self, path: str) -> bytes:
        """Download what a file holds."""
        return (await self.download(path))[1]

    async def read_json(self, path: str) -> dict[str, Any]:
        """Ask for what a page's script asks for."""
        headers = {"Accept": "application/json"}
        async with self.http.get(urljoin(self.base + "/", path), headers=headers) as answer:
            if answer.status >= BAD:
                raise PageRefused("GET", path, answer.status)
            content: dict[str, Any] = await answer.json(content_type=None)
            return content

    async def submit(self, form: Form, values: Mapping[str, str | list[str]]) -> Page:
        """Send a form with what it holds, changed by these values; return the page it leads to."""
        return await self.post(form.action, {**form.values, **values})

    async def post(self, path: str, values: Mapping[str, str | list[str]]) -> Page:
        """Send fields to an address with the token of the newest page."""
        data = aiohttp.FormData(_pairs({"csrf_token": self._csrf_token, **values}))
        address = urljoin(self.base + "/", path)
        headers = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        async with self.http.post(address, data=data, headers=headers) as answer:
            return await self._page("POST", urlsplit(address).path, answer)

    async def act(self, path: str, data: Mapping[str, Any] | aiohttp.FormData) -> dict[str, Any]:
        """Send fields as a page's script would, and return the JSON that comes back."""
        headers = {
            "Accept": "application/json",
            "Origin": self.base,
            "Sec-Fetch-Site": "same-origin",
            "X-CSRF-Token": self._csrf_token,
        }
        async with self.http.post(urljoin(self.base + "/", path), data=data, headers=headers) as answer:
            if answer.status >= BAD:
                raise PageRefused("POST", path, answer.status, (await answer.text())[:300])
            content: dict[str, Any] = await answer.json(content_type=None)
            return content

    async def _page(self, method: str, path: str, answer: aiohttp.ClientResponse) -> Page:
        text = await answer.text()
        page = read_page(str(answer.url), text)
        if answer.status >= BAD:
            raise PageRefused(method, path, answer.status, summary_of(text))
        self._csrf_token = page.csrf_token or self._csrf_token
        return page


def _pairs(values: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
    return [
        (name, each)
        for name, value in values.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
