"""The checks of every peer of a node, by whichever way they come; they alone make a way somebody's.

What is no authenticated binding request is dropped without an answer (RFC 8445 section 7.3).
"""

from time import monotonic
from typing import Protocol

from webrtc import stun
from webrtc.errors import StunMalformed
from webrtc.ice_lite import IceLite, Path


class Endpoint(Protocol):
    """What a way needs of the peer that it leads to."""

    @property
    def ice(self) -> IceLite | None:
        """The peer's half of ICE, once there was an offer."""

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from a validated path; never raises for what is in it."""

    def checked(self, now: float) -> None:
        """Take note of an authenticated check."""


class Checks:
    """Knows whose user fragment is whose; peers register theirs."""

    __slots__ = ("_endpoints",)

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}

    def register(self, ufrag: str, endpoint: Endpoint) -> None:
        """Let checks for `ufrag` reach a peer."""
        self._endpoints[ufrag] = endpoint

    def forget(self, ufrag: str) -> None:
        """Let checks for `ufrag` reach nobody."""
        self._endpoints.pop(ufrag, None)

    def take(self, datagram: bytes, path: Path, owner: Endpoint | None) -> Endpoint | None:
        """Answer a check over `path`, which is `owner`'s or nobody's yet.

        Returns whose path it is from now on; None when the datagram proved nothing.
        """
        try:
            request = stun.parse(datagram)
        except StunMalformed:
            return None
        ufrag = request.username.partition(":")[0]
        endpoint = self._endpoints.get(ufrag)
        ice = endpoint.ice if endpoint is not None else None
        password = ice.password_for(ufrag) if ice is not None else None
        if endpoint is None or ice is None or password is None:
            return None
        is_check = request.message_type == stun.BINDING_REQUEST and request.is_signed_with(password)
        # A path belongs to one peer until that peer lets it go.
        if not is_check or owner not in {None, endpoint}:
            return None
        if request.unknown_required:
            path.send(
                stun.unknown_attributes_response(request.transaction_id, request.unknown_required, password)
            )
            return None
        now = monotonic()
        if not ice.checked(request, path, now):
            return None
        path.send(stun.binding_response(request.transaction_id, path.address[:2], password))
        endpoint.checked(now)
        return endpoint
