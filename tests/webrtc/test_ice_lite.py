"""The peer's authenticated checks alone decide where media goes, and consent runs out."""

from typing import Literal

import pytest

from webrtc import stun
from webrtc.ice_lite import (
    BETTER_LIVES_SECONDS,
    CONSENT_SECONDS,
    FORMER_CREDENTIALS_SECONDS,
    MAX_PATHS,
    IceLite,
)
from webrtc.stun import StunMessage


class Way:
    """A path that keeps nothing."""

    is_full = False

    def __init__(self, port: int, protocol: Literal["udp", "tcp"] = "udp") -> None:
        self.address = ("192.0.2.1", port)
        self.protocol = protocol

    def send(self, datagram: bytes, *, droppable: bool = False) -> None:
        assert datagram or droppable

    def close(self) -> None:
        pass


def check(
    ice: IceLite,
    way: Way,
    *,
    nominate: bool = False,
    ufrag: str | None = None,
    now: float = 1.0,
    priority: str = "6e7c00ff",
) -> bool:
    attributes = {
        stun.USERNAME: f"{ufrag or ice.credentials.ufrag}:them".encode(),
        stun.PRIORITY: bytes.fromhex(priority),
    }
    if nominate:
        attributes[stun.USE_CANDIDATE] = b""
    request: StunMessage = stun.parse(stun.build(stun.BINDING_REQUEST, bytes(12), attributes, "x"))
    return ice.checked(request, way, now)


def test_the_first_checked_path_is_used_at_once() -> None:
    ice, way = IceLite("them"), Way(1)
    assert ice.path is None
    assert check(ice, way)
    assert ice.path is way


def test_another_path_is_used_once_nominated() -> None:
    ice, first, second = IceLite("them"), Way(1), Way(2)
    check(ice, first)
    check(ice, second)
    assert ice.path is first
    check(ice, second, nominate=True)
    assert ice.path is second


def test_whoever_nominates_all_that_they_check_keeps_udp_while_it_lives() -> None:
    ice, udp, tcp = IceLite("them"), Way(1), Way(2, "tcp")
    check(ice, udp, nominate=True, now=1.0)
    check(ice, tcp, nominate=True, now=1.1)
    assert ice.path is udp
    check(ice, tcp, nominate=True, now=1.0 + BETTER_LIVES_SECONDS)
    assert ice.path is tcp


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_whoever_nominates_all_that_they_check_keeps_a_direct_path_before_a_relay(
    protocol: Literal["udp", "tcp"],
) -> None:
    ice, direct, relay = IceLite("them"), Way(1, protocol), Way(2)
    check(ice, relay, nominate=True, priority="007e1fff")
    assert ice.path is relay
    check(ice, direct, nominate=True, now=2.0)
    assert ice.path is direct
    check(ice, relay, nominate=True, now=2.5, priority="057e1fff")
    assert ice.path is direct
    check(ice, relay, nominate=True, now=2.0 + BETTER_LIVES_SECONDS, priority="007e1fff")
    assert ice.path is relay


def test_a_check_with_an_empty_priority_is_one_like_others() -> None:
    ice, first, second = IceLite("them"), Way(1), Way(2)
    check(ice, first)
    assert check(ice, second, nominate=True, priority="")
    assert ice.path is second


def test_udp_takes_over_from_tcp_and_a_newer_connection_from_an_older_at_once() -> None:
    ice, udp, first, second = IceLite("them"), Way(1), Way(2, "tcp"), Way(3, "tcp")
    check(ice, first)
    check(ice, second, nominate=True)
    assert ice.path is second
    check(ice, udp, nominate=True)
    assert ice.path is udp


def test_a_path_that_ended_gives_way_to_the_one_that_was_checked_last() -> None:
    ice, first, second, third = IceLite("them"), Way(1, "tcp"), Way(2), Way(3, "tcp")
    check(ice, first, now=1.0)
    check(ice, second, now=3.0)
    check(ice, third, now=2.0)
    ice.lose(third)
    assert ice.path is first
    ice.lose(first)
    assert ice.path is second
    assert ice.paths == (second,)
    ice.lose(first)
    ice.lose(second)
    assert ice.path is None


def test_nothing_takes_the_place_of_a_path_that_was_to_stay() -> None:
    ice, first, second = IceLite("them"), Way(1, "tcp"), Way(2)
    check(ice, first)
    check(ice, second)
    ice.stays = True
    ice.lose(first)
    assert ice.path is None
    check(ice, second, nominate=True)
    assert ice.path is None


def test_a_path_that_stays_is_kept_whatever_is_nominated() -> None:
    ice, first, second = IceLite("them"), Way(1), Way(2)
    check(ice, first)
    ice.stays = True
    assert check(ice, second, nominate=True)
    assert ice.path is first


def test_after_a_restart_both_credentials_are_taken_but_only_the_new_ones_nominate() -> None:
    ice, first, second = IceLite("them"), Way(1), Way(2)
    check(ice, first)
    old = ice.credentials
    assert ice.restart("new", now=10.0) is None
    assert ice.password_for(old.ufrag) == old.password
    check(ice, second, nominate=True, ufrag=old.ufrag)
    assert ice.path is first
    check(ice, second, nominate=True)
    assert ice.path is second


def test_former_credentials_run_out() -> None:
    ice = IceLite("them")
    old = ice.credentials
    ice.restart("new", now=10.0)
    assert ice.expire(10.0 + FORMER_CREDENTIALS_SECONDS) == ([], None)
    assert ice.expire(10.1 + FORMER_CREDENTIALS_SECONDS) == ([], old)
    assert ice.password_for(old.ufrag) is None


def test_a_second_restart_drops_the_oldest_credentials() -> None:
    ice = IceLite("them")
    oldest = ice.credentials
    ice.restart("b", now=1.0)
    assert ice.restart("c", now=2.0) == oldest
    assert ice.password_for(oldest.ufrag) is None
    assert ice.password_for(ice.credentials.ufrag) == ice.credentials.password


def test_consent_runs_out_without_checks() -> None:
    ice, first, second = IceLite("them"), Way(1), Way(2)
    check(ice, first, now=1.0)
    check(ice, second, now=20.0)
    lost, _ = ice.expire(1.1 + CONSENT_SECONDS)
    assert lost == [first]
    assert ice.path is second
    ice.expire(21.0 + CONSENT_SECONDS)
    assert ice.path is None


def test_a_peer_cannot_open_paths_without_end() -> None:
    ice = IceLite("them")
    assert all(check(ice, Way(port)) for port in range(MAX_PATHS))
    assert not check(ice, Way(999))
    assert len(ice.paths) == MAX_PATHS
