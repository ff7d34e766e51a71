"""A rehearsal peer offers like a browser, and tells what it sees and hears apart from what it should."""

import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from server.rehearsal import card, tone
from server.rehearsal.card import Side
from server.rehearsal.errors import NotHeard
from server.rehearsal.peer import Peer
from server.rehearsal.track import CardTrack, ToneTrack

offers: web.AppKey[list[str]] = web.AppKey("offers")
answerers: web.AppKey[list[RTCPeerConnection]] = web.AppKey("answerers")


async def answer(request: web.Request) -> web.WebSocketResponse:
    """Answer an offer with the card and tone of the post in its first seat."""
    line = web.WebSocketResponse()
    await line.prepare(request)
    await line.send_json({"type": "welcome", "participant": "p1"})
    offer = await line.receive_json()
    request.app[offers].append(offer["sdp"])
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    request.app[answerers].append(connection)
    await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
    for track in (ToneTrack(Side.POST, time.monotonic), CardTrack(Side.POST, time.monotonic)):
        seat = [one for one in connection.getTransceivers() if one.kind == track.kind][1]
        seat.sender.replaceTrack(track)
        seat.direction = "sendonly"
    await connection.setLocalDescription(await connection.createAnswer())
    await line.send_json({"type": "answer", "sdp": connection.localDescription.sdp})
    async for _ in line:
        pass
    return line


@pytest.fixture
async def server() -> AsyncIterator[BaseTestServer]:
    app = web.Application()
    app[offers], app[answerers] = [], []
    app.router.add_get("/line", answer)
    async with TestServer(app) as running:
        yield running
        for connection in app[answerers]:
            await connection.close()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    one = Peer(Side.CENTRE, time.monotonic)
    yield one
    await one.leave()


async def test_a_peer_sees_the_card_and_hears_the_tone_of_the_other_side(
    peer: Peer, server: TestServer
) -> None:
    async with aiohttp.ClientSession() as http:
        await peer.enter(http, str(server.make_url("/line")), "http://localhost")
        await peer.until_relayed(Side.POST, seconds=20)
        assert peer.missing_of(Side.CENTRE) == "the card"
        assert 0 <= peer.delay_ms() < 2_000
        await peer.leave()


async def test_a_peer_offers_its_own_tracks_first_and_then_empty_seats(
    peer: Peer, server: TestServer
) -> None:
    async with aiohttp.ClientSession() as http:
        await peer.enter(http, str(server.make_url("/line")), "http://localhost")
        await peer.leave()
    (offer,) = server.app[offers]
    directions = [line[2:] for line in offer.splitlines() if line in {"a=sendonly", "a=recvonly"}]
    assert directions == ["sendonly"] * 2 + ["recvonly"] * 4
    codecs = {line.split()[1].split("/")[0] for line in offer.splitlines() if line.startswith("a=rtpmap")}
    assert codecs <= {"opus", "VP8", "rtx"}


async def test_a_peer_that_waits_in_vain_says_for_what(peer: Peer) -> None:
    with pytest.raises(NotHeard, match=r"the centre waited 0\.1 s in vain for the message 'admitted'"):
        await peer.until("admitted", seconds=0.1)
    with pytest.raises(NotHeard, match="the centre waited 0 s in vain for the card of the post"):
        await peer.until_relayed(Side.POST, seconds=0)


async def test_a_track_is_paced_like_a_camera_and_a_microphone() -> None:
    began_at = time.monotonic()
    camera, microphone = CardTrack(Side.POST, time.monotonic), ToneTrack(Side.POST, time.monotonic)
    pictures = [await camera.recv() for _ in range(6)]
    assert 5 / card.FRAMES_PER_SECOND <= time.monotonic() - began_at < 2
    sounds = [await microphone.recv() for _ in range(10)]
    stamps = [one.pts for one in pictures if one.pts is not None]
    assert stamps == sorted(set(stamps))
    assert [one.pts for one in sounds] == list(range(0, 9_600, 960))
    readings = [card.read(card.luma_of(one)) for one in pictures]
    assert [one.elapsed_ms for one in readings if one] == [round(stamp / 90) for stamp in stamps]
    assert tone.listen(sounds[0].to_ndarray()[0]).is_tone_of(Side.POST)
