"""Passwords: argon2id with few hashes at once, and the same work for accounts that do not exist."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2  # each hash takes 64 MiB and a core
LEAST_CHARS = 12
MOST_CHARS = 200
_ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    """Hashes and compares off the loop, at most `AT_ONCE` at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Give the argon2id string to store."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; without a stored hash the answer is no, after the same work."""
        loop = asyncio.get_running_loop()
        fits = await loop.run_in_executor(self._threads, self._verify, stored or self._nobody, password)
        return fits and stored is not None

    def close(self) -> None:
        """Wait for running hashes and give the threads back."""
        self._threads.shutdown()

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password[:MOST_CHARS])
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> str:
    """Twenty easily read characters (98 bits) in groups, to hand over once."""
    letters = [secrets.choice(_ONE_TIME_ALPHABET) for _ in range(20)]
    return "-".join("".join(letters[at : at + 5]) for at in range(0, 20, 5))
