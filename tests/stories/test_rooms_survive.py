"""Whatever one side or a stranger does to a room, it goes on for the others."""

import asyncio
import random
import re
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aioice import stun
from sqlalchemy import select

from scheduling.tables import participants
from server.rehearsal.card import Side
from server.rehearsal.errors import PageRefused
from server.rehearsal.visitor import Visitor
from tests.support.encounter import Encounter, encounter
from tests.support.guest import Guest
from tests.support.instance import HOST, Instance

LEFT_SECONDS = 10.0  # until a browser that vanished without a word is reported as left
QUIET_SECONDS = 1.0
FINGERPRINT = re.compile(r"(a=fingerprint:\S+ )\S+")


async def test_garbage_on_the_udp_port_harms_nobody(shared_instance: Instance, tmp_path: Path) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        await held.gather()
        node = shared_instance.node_pid()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.setblocking(False)
            for datagram in garbage(held.officer.ufrag):
                stranger.sendto(datagram, (HOST, shared_instance.media))
            await goes_on(held)
            with pytest.raises(BlockingIOError):
                stranger.recv(2048)  # nothing of it was worth an answer
        nonsense: list[dict[str, Any]] = [
            {"type": "offer", "sdp": "v=0"},
            {"type": 5},
            {"type": "x" * 9000},
            {"a": [[]]},
        ]
        for message in nonsense:
            mark = held.officer.mark()
            await held.officer.say(message)
            await held.officer.hears("refused", since=mark)
        await goes_on(held)
        assert shared_instance.node_pid() == node


async def test_a_browser_with_another_certificate_than_it_signalled_gets_nothing(
    shared_instance: Instance, tmp_path: Path
) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        await held.come_to_the_door()
        await held.admit_officer()
        forger = Guest(Side.POST, held.elapsed, change=forged)
        try:
            await forger.enter(held.stage.officer.http, held.line_url(), held.stage.officer.base)
            await forger.hears("admitted")
            arrived = forger.count_media()
            await forger.hears("refused", lambda message: message["code"] == "handshake_failed")
            assert arrived == []
        finally:
            await forger.leave()
        assert await held.officer.hears("replaced")
        held.officer = Guest(Side.POST, held.elapsed)
        try:
            await held.officer.enter(held.stage.officer.http, held.line_url(), held.stage.officer.base)
            await goes_on(held)
        finally:
            await held.officer.leave()


async def test_who_vanishes_is_missed_and_comes_back_and_a_second_tab_takes_over(
    shared_instance: Instance, tmp_path: Path
) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        await held.gather()
        officer_id = (await held.officer.hears("welcome"))["participant"]
        mark, went_at = held.host.mark(), held.elapsed()
        held.officer.vanish()
        await held.host.hears("seat", lambda m: m["participant"] is None, since=mark, seconds=LEFT_SECONDS)
        await held.host.hears("roster", lambda m: is_gone(m, officer_id), since=mark, seconds=LEFT_SECONDS)
        query = select(participants.c.is_present).where(participants.c.id == officer_id)
        await held.until(lambda: not shared_instance.rows(query)[0]["is_present"], LEFT_SECONDS)
        assert held.elapsed() - went_at < LEFT_SECONDS

        first, second = Guest(Side.POST, held.elapsed), Guest(Side.POST, held.elapsed)
        try:
            for tab in (first, second):
                await tab.enter(held.stage.officer.http, held.line_url(), held.stage.officer.base)
                await tab.hears("admitted")
                held.officer = tab
                await goes_on(held)
            await first.hears("replaced")
            assert "replaced" not in second.kinds()
            assert first.lines == 1
        finally:
            await asyncio.gather(first.leave(), second.leave())


async def test_the_door_lets_in_whom_the_host_admits_and_nobody_else(
    shared_instance: Instance, tmp_path: Path
) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        staff, officer = held.stage.staff, held.stage.officer
        await an_officer_of_another_post_finds_nothing(held)
        await held.officer.enter(officer.http, held.line_url(), officer.base)
        await held.officer.hears("waiting")
        officer_id = (await held.officer.hears("welcome"))["participant"]
        await refused(officer, held, "admit", {"participant_id": officer_id}, 404)
        await refused(officer, held, "recording", {"run": "start"}, 409)
        await another_site_gets_no_line(held)

        await held.host.enter(staff.http, held.line_url(), staff.base)
        await asyncio.gather(held.host.until_connected(), held.officer.until_connected())
        arrived = [guest.count_media() for guest in held.guests]
        await asyncio.sleep(QUIET_SECONDS)  # nothing tells that nothing comes
        assert arrived == [[], []]
        assert "roster" not in held.officer.kinds()
        assert "admitted" not in held.officer.kinds()
        await held.admit_officer()
        await goes_on(held)


def is_gone(roster: dict[str, Any], participant_id: str) -> bool:
    return any(one["participant"] == participant_id and not one["present"] for one in roster["people"])


async def test_a_booking_given_up_at_the_door_ends_for_those_who_wait(
    shared_instance: Instance, tmp_path: Path
) -> None:
    async with encounter(shared_instance, tmp_path) as held:
        await held.come_to_the_door()
        await held.stage.staff.post(f"/bookings/{held.stage.booking_id}/cancel", {"code": "by_centre"})
        await asyncio.gather(*(guest.hears("ended", seconds=5) for guest in held.guests))
        async with held.stage.officer.http.ws_connect(held.line_url()) as late:
            assert await late.receive_json(timeout=5) == {"type": "ended", "reason": "closed"}


async def goes_on(held: Encounter) -> None:
    """Both see cards that the other side draws from now on."""
    await held.both_see_each_other_after(held.elapsed())


async def an_officer_of_another_post_finds_nothing(held: Encounter) -> None:
    """Also while the seat of the officer is still free."""
    async with Visitor(held.instance.url) as stranger:
        await stranger.get(held.instance.link("officer-conakry"))
        for rest in ("/room", "/check", "/minutes", "/evidence", "/outcome", ""):
            with pytest.raises(PageRefused) as refusal:
                await stranger.get(f"{held.stage.interview}{rest}")
            assert refusal.value.status == 404
        with pytest.raises(aiohttp.WSServerHandshakeError) as no_line:
            await stranger.http.ws_connect(held.line_url(), headers={"Origin": stranger.base})
        assert no_line.value.status == 404


async def refused(visitor: Visitor, held: Encounter, rest: str, fields: dict[str, str], status: int) -> None:
    with pytest.raises(PageRefused) as refusal:
        await visitor.act(held.path(rest), fields)
    assert refusal.value.status == status


async def another_site_gets_no_line(held: Encounter) -> None:
    """Even with the cookies of somebody who may come in."""
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await held.stage.staff.http.ws_connect(held.line_url(), headers=headers)
        assert refusal.value.status == 404


def forged(sdp: str) -> str:
    return FINGERPRINT.sub(lambda found: found[1] + ":".join(["AB"] * 32), sdp)


def garbage(ufrag: str) -> list[bytes]:
    """Datagrams of every kind that the port tells apart, none of them what it seems to be."""
    chance = random.Random(7)  # noqa: S311 - no secret
    pieces = [b"", *(bytes([first]) for first in range(0, 256, 5))]
    pieces += [bytes([first]) + chance.randbytes(size) for first in range(256) for size in (1, 11, 1400)]
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{ufrag}:wxyz"
    request.attributes["PRIORITY"] = 1
    pieces.append(bytes(request))
    request.add_message_integrity(b"not the password that was signalled")
    whole = bytes(request)
    return [*pieces, whole, *(whole[:size] for size in range(0, len(whole), 3))]
