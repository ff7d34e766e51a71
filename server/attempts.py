"""How often a secret may be tried, so that guessing is hopeless and nobody can lock another out.

Browsers that have signed in before carry a signed mark and are counted each alone; everybody else shares one
count per account. A stranger who exhausts the shared count keeps strangers out, not the person.
"""

import hashlib
import hmac
import secrets

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from server.errors import TooManyAttempts

KNOWN_BROWSER = RateLimitItemPerMinute(10, 10)
STRANGERS_PER_ACCOUNT = RateLimitItemPerMinute(10, 15)
PER_ADDRESS = RateLimitItemPerMinute(60, 5)
PROBES = RateLimitItemPerMinute(36, 10)  # three for each check: by UDP, by TCP, by a relay
_MARK_NONCE_BYTES = 9


class Attempts:
    """Counts attempts in this process; a restart forgets them."""

    def __init__(self, device_key: bytes) -> None:
        self._key = device_key
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)

    async def count(self, kind: str, *, account: str, address: str, mark: str = "") -> None:
        """Count one attempt of a kind; raises TooManyAttempts beyond the limit.

        `account` is whatever was claimed (it is hashed), `mark` the browser's cookie from `mark_for`.
        """
        await self._hit(PER_ADDRESS, kind, "address", address)
        claimed = hashlib.sha256(account.strip().lower().encode()).hexdigest()
        if self._knows(account, mark):
            await self._hit(KNOWN_BROWSER, kind, claimed, mark)
        else:
            await self._hit(STRANGERS_PER_ACCOUNT, kind, claimed, "strangers")

    async def count_probe(self, owner: str) -> None:
        """Count one measurement of the network; raises TooManyAttempts beyond the limit."""
        await self._hit(PROBES, "probe", owner)

    def mark_for(self, account: str) -> str:
        """Give a mark for a browser in which this account has just signed in."""
        nonce = secrets.token_urlsafe(_MARK_NONCE_BYTES)
        return f"{nonce}.{self._signature(account, nonce)}"

    async def close(self) -> None:
        """Forget all counts and stop the storage's own timer."""
        await self._storage.reset()
        if self._storage.timer is not None:
            self._storage.timer.cancel()

    async def _hit(self, item: RateLimitItem, *names: str) -> None:
        if not await self._limiter.hit(item, *names):
            raise TooManyAttempts(item.get_expiry())

    def _knows(self, account: str, mark: str) -> bool:
        nonce, _, signature = mark.partition(".")
        return hmac.compare_digest(signature.encode(), self._signature(account, nonce).encode())

    def _signature(self, account: str, nonce: str) -> str:
        text = f"{nonce}|{account.strip().lower()}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()
