"""Where an attempt comes from: the peer, or what a trusted proxy says, and never what a stranger claims."""

from pathlib import Path

import pytest

from server.attempts import PER_ADDRESS, Attempts
from server.errors import TooManyAttempts
from tests.support.web import running_house


async def test_one_address_cannot_try_many_accounts() -> None:
    attempts = Attempts(b"k" * 32)
    for number in range(PER_ADDRESS.amount):
        await attempts.count("password", account=f"{number}@example.org", address="192.0.2.1")
    with pytest.raises(TooManyAttempts) as refusal:
        await attempts.count("password", account="new@example.org", address="192.0.2.1")
    assert refusal.value.retry_after_seconds > 0
    await attempts.count("password", account="new@example.org", address="192.0.2.2")
    await attempts.close()


@pytest.mark.database
@pytest.mark.parametrize(("proxy", "is_believed"), [("127.0.0.1", True), (None, False), ("192.0.2.9", False)])
async def test_forwarded_addresses_are_believed_from_the_proxy_only(
    tmp_path: Path, proxy: str | None, is_believed: bool
) -> None:
    async with running_house(tmp_path, proxy=proxy) as house:
        statuses = []
        for number in range(PER_ADDRESS.amount + 1):
            browser = house.browser({"X-Forwarded-For": f"spoofed, 198.51.100.{number}"})
            await browser.get("/sign-in")
            page = await browser.post("/sign-in", {"email": f"{number}@example.org", "password": "guess"})
            statuses.append(page.status)
    assert (429 in statuses) is not is_believed
