"""The language is changed in place: on the same page, with what its address asks for."""

import re

import pytest

from tests.support.browser import chromium, visitor
from tests.support.instance import Instance

WORDS = {"fr": "Quitter", "en": "Sign out"}


async def test_somebody_signed_in_stays_where_they_are(instance: Instance) -> None:
    async with chromium() as browser:
        somebody = await visitor(browser, instance, "staff-findel")
        page = somebody.page
        await page.goto("/cases")
        await page.click("main tbody th a")
        await page.wait_for_url(re.compile(r"/cases/\w{26}$"))
        for path in (page.url, "/interviews", "/account", "/cases/new"):
            await page.goto(path)
            here, before = page.url, await somebody.language()
            for language in ({"fr", "en"} - {before}).pop(), before:
                await somebody.speak(language)
                assert page.url == here
                assert await somebody.language() == language
                assert WORDS[language] in await page.inner_text(".p-who")
        assert not somebody.trouble


@pytest.mark.parametrize("path", ["/demo", "/sign-in?next=/interviews%3Fof%3Dtoday"])
async def test_a_stranger_keeps_page_and_destination(instance: Instance, path: str) -> None:
    async with chromium() as browser:
        stranger = await visitor(browser, instance)
        await stranger.page.goto(path)
        assert await stranger.language() == "fr"
        await stranger.speak("en")
        assert await stranger.language() == "en"
        assert stranger.page.url == instance.url + path
        await stranger.page.goto("/sign-in")
        assert await stranger.language() == "en"
