"""Lets peers reach a server on their own machine: ICE leaves 127.0.0.1 out, some machines have no more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from aioice import ice

LOOPBACK: Final = "127.0.0.1"
LOCAL: Final = {LOOPBACK, "localhost", "::1"}


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """While this lasts, peers offer the loopback address too, if that is where the server stands."""
    usual = ice.get_host_addresses

    def with_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return [LOOPBACK, *usual(use_ipv4, use_ipv6)]

    if urlsplit(url).hostname not in LOCAL:
        yield
        return
    ice.get_host_addresses = with_loopback
    try:
        yield
    finally:
        ice.get_host_addresses = usual
