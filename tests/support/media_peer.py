"""A node in this process and participants made of aiortc that send real VP8 and Opus through it."""

import asyncio
import fractions
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import aioice.ice
import numpy as np
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)
from av import VideoFrame

from tests.support.media_sink import MemoryRecorder
from webrtc.node import Node, NodeSettings

PATIENCE_SECONDS = 10.0
BEGINNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Json = dict[str, Any]


class Picture(VideoStreamTrack):
    """A small picture of one grey that moves a bar, 20 times a second."""

    def __init__(self, grey: int, width: int = 160, height: int = 120) -> None:
        super().__init__()
        self._grey = grey
        self._size = (height, width)
        self._count = 0
        self._begun = time.monotonic()

    async def recv(self) -> VideoFrame:
        self._count += 1
        await asyncio.sleep(max(0.0, self._begun + self._count / 20 - time.monotonic()))
        pixels = np.full((*self._size, 3), self._grey, np.uint8)
        at = self._count * 4 % self._size[1]
        pixels[:, at : at + 8] = 255 - self._grey
        frame = VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = self._count * 4500, fractions.Fraction(1, 90_000)
        return frame


class NodeInTest:
    """A started node whose events are kept and can be awaited."""

    def __init__(self, **settings: Any) -> None:
        self.recorder = MemoryRecorder()
        self.events: list[Json] = []
        self._changed = asyncio.Event()
        self._begun = time.monotonic()
        self.node = Node(NodeSettings(**settings), recorder=self.recorder, clock=self.now, emit=self._take)

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=time.monotonic() - self._begun)

    async def __aenter__(self) -> Self:
        await self.node.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.node.stop()

    def _take(self, event: Json) -> None:
        self.events.append(event)
        self._changed.set()

    async def until(self, done: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for events until `done`."""
        async with asyncio.timeout(seconds):
            while not done():
                self._changed.clear()
                await self._changed.wait()

    async def event(self, **fields: object) -> Json:
        """Wait for the first event with these fields."""
        await self.until(lambda: bool(self.seen(**fields)))
        return self.seen(**fields)[0]

    def seen(self, **fields: object) -> list[Json]:
        """Return the events so far with these fields; `is_` stands for `is`."""
        wanted = {name.rstrip("_"): value for name, value in fields.items()}
        return [event for event in self.events if wanted.items() <= event.items()]

    async def told(self, peer: str, kind: str, **fields: object) -> Json:
        """Wait for the first message of a type to a peer."""
        await self.until(lambda: bool(self.messages(peer, kind, **fields)))
        return self.messages(peer, kind, **fields)[0]

    def messages(self, peer: str, kind: str, **fields: object) -> list[Json]:
        said = [event["message"] for event in self.seen(is_="say", peer=peer)]
        return [m for m in said if m["type"] == kind and fields.items() <= m.items()]

    def do(self, what: str, **fields: object) -> None:
        self.node.handle({"do": what, **fields})

    def open(self, room: str = "r1") -> None:
        self.do("open", room=room)

    def enter(self, peer: str, participant: str, role: str = "detainee", *, admitted: bool = True) -> None:
        self.do("enter", room="r1", peer=peer, participant=participant, role=role, admitted=admitted)


class MediaPeer:
    """A participant's browser: sends its tracks, receives `seats` pairs."""

    def __init__(
        self, house: NodeInTest, peer: str, *, grey: int = 60, seats: int = 1, send: bool = True
    ) -> None:
        self.house = house
        self.peer = peer
        self.reads: Callable[[str], str] = str
        """What it makes of an answer before it takes it."""
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self.pc = RTCPeerConnection(configuration)
        self.tracks: list[MediaStreamTrack] = [AudioStreamTrack(), Picture(grey)] if send else []
        sources: list[MediaStreamTrack | str] = [*self.tracks] or ["audio", "video"]
        for kind, track in zip(("audio", "video"), sources, strict=True):
            self._prefer(self.pc.addTransceiver(track, direction="sendonly"), kind)
        for _ in range(seats):
            for kind in ("audio", "video"):
                self._prefer(self.pc.addTransceiver(kind, direction="recvonly"), kind)

    @staticmethod
    def _prefer(transceiver: Any, kind: str) -> None:
        wanted = {"audio": ("audio/opus",), "video": ("video/VP8", "video/rtx")}[kind]
        codecs = RTCRtpSender.getCapabilities(kind).codecs
        transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType in wanted])

    async def offer(self, *, change: Callable[[str], str] = str) -> None:
        """Offer, after `change` of the text, and take the answer."""
        await self.pc.setLocalDescription(await self.pc.createOffer())
        sdp = change(self.pc.localDescription.sdp)
        before = len(self.house.messages(self.peer, "answer"))
        self.house.do("say", peer=self.peer, message={"type": "offer", "sdp": sdp})
        await self.house.until(lambda: len(self.house.messages(self.peer, "answer")) > before)
        answer = self.house.messages(self.peer, "answer")[-1]["sdp"]
        await self.pc.setRemoteDescription(RTCSessionDescription(self.reads(answer), "answer"))

    async def connect(self) -> Self:
        await self.offer()
        await self.house.event(is_="connected", peer=self.peer)
        return self

    def receiver(self, seat: int, kind: str) -> Any:
        return self.pc.getTransceivers()[2 + 2 * seat + (kind == "video")].receiver

    async def frame(self, seat: int = 0, kind: str = "video") -> Any:
        """Wait for the next decoded frame of a seat."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.receiver(seat, kind).track.recv()

    async def grey(self, seat: int = 0) -> int:
        """Return the middle grey of the next picture of a seat."""
        frame = await self.frame(seat)
        return int(np.median(frame.to_ndarray(format="gray")))

    @property
    def dtls(self) -> Any:
        return self.pc.getTransceivers()[0].sender.transport

    def count_media(self) -> list[int]:
        """Return a list that gets the size of every RTP packet that arrives from now on."""
        sizes: list[int] = []
        take = self.dtls._handle_rtp_data

        async def counting(data: bytes, arrival_time_ms: int) -> None:
            sizes.append(len(data))
            await take(data, arrival_time_ms)

        self.dtls._handle_rtp_data = counting
        return sizes

    def vanish(self) -> None:
        """Send and receive nothing any more, without a goodbye."""
        for protocol in self.dtls.transport._connection._protocols:
            protocol.transport.abort()

    async def close(self) -> None:
        for track in self.tracks:
            track.stop()
        await self.pc.close()


@asynccontextmanager
async def peers_of(*made: MediaPeer) -> AsyncIterator[tuple[MediaPeer, ...]]:
    """Close the peers at the end, whatever happens."""
    try:
        yield made
    finally:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(peer.close() for peer in made))


def on_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """Take the place of aioice's list of addresses, which leaves the loopback out."""
    assert use_ipv4 or use_ipv6
    return ["127.0.0.1"]


def keep_to_loopback(setattr_: Callable[[Any, str, Any], None]) -> None:
    """Let aiortc use the loopback only; pass `monkeypatch.setattr`."""
    setattr_(aioice.ice, "get_host_addresses", on_loopback)
