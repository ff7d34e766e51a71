"""One side of the rehearsal on the line: it signals like a browser, sends card and tone, and looks around."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import av
import numpy as np
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from server.rehearsal import card, tone
from server.rehearsal.card import Reading, Side
from server.rehearsal.errors import NotHeard
from server.rehearsal.tone import Samples
from server.rehearsal.track import CardTrack, Elapsed, ToneTrack

SEATS: Final = 2
SOUND_SECONDS: Final = 1.0  # of the newest sound of a seat is kept
LEAST_TONE_SHARE: Final = 0.7
LEAST_CARDS: Final = 10
FRESH_SECONDS: Final = 1.5
CODECS: Final = {"audio": "audio/opus", "video": "video/VP8"}

Message = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A card that came through: what it said, and when this side decoded it (seconds of the rehearsal)."""

    reading: Reading
    at: float


class Peer:
    """A participant's connection: a WebSocket for signalling and one peer connection for everything else."""

    def __init__(self, side: Side, elapsed: Elapsed) -> None:
        self.side = side
        self.seen: deque[Seen] = deque(maxlen=50)
        self.messages: list[Message] = []
        self._sound: deque[Samples] = deque()
        self._elapsed = elapsed
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._connection.on("track", self._on_track)
        self._line: aiohttp.ClientWebSocketResponse | None = None

    async def enter(self, http: aiohttp.ClientSession, line: str, origin: str) -> None:
        """Open the line (an http address), wait for the welcome and offer card, tone and seats."""
        self._line = await http.ws_connect(line, headers={"Origin": origin}, heartbeat=10)
        self._start(self._listen(self._line))
        await self.until("welcome")
        await self._connection.setLocalDescription(await self._offer())
        await self._line.send_json({"type": "offer", "sdp": self._connection.localDescription.sdp})
        answer = await self.until("answer")
        await self._connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))

    async def until(
        self,
        kind: str,
        holds: Callable[[Message], bool] = lambda _: True,
        *,
        seconds: float = 10,
    ) -> Message:
        """Wait for the first message of a kind that `holds`, past ones included; else NotHeard."""
        found = await self._wait(
            lambda: next((one for one in self.messages if one.get("type") == kind and holds(one)), None),
            seconds,
        )
        if found is None:
            raise NotHeard(self.side.name.lower(), f"the message {kind!r}", seconds)
        return found

    async def until_relayed(self, other: Side, *, seconds: float = 20) -> None:
        """Wait until fresh cards and the tone of the other side come through."""
        deadline = self._elapsed() + seconds
        while missing := self.missing_of(other):
            if self._elapsed() > deadline:
                raise NotHeard(self.side.name.lower(), f"{missing} of the {other.name.lower()}", seconds)
            await asyncio.sleep(0.1)

    async def until_connected(self, *, seconds: float = 15) -> None:
        """Wait until media can flow."""
        deadline = self._elapsed() + seconds
        while self._connection.connectionState != "connected":
            if self._elapsed() > deadline:
                state = self._connection.connectionState
                raise NotHeard(self.side.name.lower(), f"a connection for media ({state})", seconds)
            await asyncio.sleep(0.05)

    async def until_recording(self, state: str, *, seconds: float = 10) -> None:
        """Wait until this side is told that the recording is in a state."""
        await self.until("recording", lambda message: message.get("state") == state, seconds=seconds)

    def missing_of(self, other: Side) -> str:
        """Say what of the other side does not come through now: card, tone, or nothing."""
        since = self._elapsed() - FRESH_SECONDS
        fresh = [seen for seen in self.seen if seen.at >= since and seen.reading.side is other]
        if len(fresh) < LEAST_CARDS:
            return "the card"
        if self.tone_share(other) < LEAST_TONE_SHARE:
            return "the tone"
        return ""

    def delay_ms(self) -> int:
        """Return the median age of the newest cards when they were decoded, in milliseconds."""
        ages = [seen.at * 1000 - seen.reading.elapsed_ms for seen in self.seen]
        return round(float(np.median(ages))) if ages else 0

    def tone_share(self, side: Side) -> float:
        """Return the share of the newest second of sound that holds the tone of a side."""
        if sum(map(len, self._sound)) < SOUND_SECONDS * tone.SAMPLES_PER_SECOND:
            return 0.0
        return tone.share_with_tone(tone.windows_of(np.concatenate(self._sound)), side)

    async def leave(self) -> None:
        """Say goodbye and close everything; may be called in any state."""
        if self._line is not None and not self._line.closed:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self._line.send_json({"type": "leave"})
            await self._line.close()
        await self._connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _offer(self) -> RTCSessionDescription:
        for track in self._tracks():
            self._connection.addTransceiver(track, direction="sendonly")
        for _ in range(SEATS):
            self._connection.addTransceiver("audio", direction="recvonly")
            self._connection.addTransceiver("video", direction="recvonly")
        for transceiver in self._connection.getTransceivers():
            known = RTCRtpSender.getCapabilities(transceiver.kind).codecs
            wanted = [codec for codec in known if codec.mimeType == CODECS[transceiver.kind]]
            transceiver.setCodecPreferences(wanted)
        return await self._connection.createOffer()

    def _tracks(self) -> tuple[MediaStreamTrack, MediaStreamTrack]:
        return ToneTrack(self.side, self._elapsed), CardTrack(self.side, self._elapsed)

    async def _listen(self, line: aiohttp.ClientWebSocketResponse) -> None:
        async for message in line:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.messages.append(json.loads(message.data))
                await self._tell()
        self.messages.append({"type": "closed", "code": line.close_code})
        await self._tell()

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._start(self._watch(track) if track.kind == "video" else self._hear(track))

    async def _watch(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while isinstance(frame := await track.recv(), av.VideoFrame):
                if reading := card.read(card.luma_of(frame)):
                    self.seen.append(Seen(reading, self._elapsed()))

    async def _hear(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=tone.SAMPLES_PER_SECOND)
        most = round((SOUND_SECONDS + tone.WINDOW_SECONDS) * tone.SAMPLES_PER_SECOND)
        with contextlib.suppress(MediaStreamError):
            while isinstance(frame := await track.recv(), av.AudioFrame):
                self._sound.extend(
                    part.to_ndarray()[0].astype(np.int16) for part in resampler.resample(frame)
                )
                while sum(map(len, self._sound)) > most:
                    self._sound.popleft()

    async def _wait(self, find: Callable[[], Message | None], seconds: float) -> Message | None:
        async with self._news:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait_for(lambda: find() is not None)
        return find()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
