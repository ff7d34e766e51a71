"""A recorder that keeps everything in memory, for tests of what reaches a recording."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from webrtc.ports import Kind


@dataclass(frozen=True)
class MemoryFacts:
    duration_ms: int
    video_frames: int
    audio_frames: int
    width: int
    height: int
    bytes: int = 0
    body_sha256: str = "00" * 32


@dataclass
class MemorySink:
    part_id: str
    kinds: tuple[Kind, ...]
    frames: list[tuple[int, bytes, bool, int, int]] = field(default_factory=list)
    packets: list[tuple[int, bytes]] = field(default_factory=list)
    failure: str | None = None
    finished: bool = False
    keyframe_came: asyncio.Event = field(default_factory=asyncio.Event)
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    def video(self, pts_ms: int, frame: bytes, *, keyframe: bool, width: int, height: int) -> None:
        assert not self.finished
        self.frames.append((pts_ms, frame, keyframe, width, height))
        if keyframe:
            self.keyframe_came.set()
        self.grew.set()

    def audio(self, pts_ms: int, frame: bytes) -> None:
        assert not self.finished
        self.packets.append((pts_ms, frame))
        self.grew.set()

    def failed(self) -> str | None:
        return self.failure

    async def finish(self) -> MemoryFacts:
        self.finished = True
        await asyncio.sleep(0)
        ends = [self.frames[-1][0]] if self.frames else []
        ends += [self.packets[-1][0]] if self.packets else []
        width, height = next(((w, h) for _, _, key, w, h in reversed(self.frames) if key), (0, 0))
        return MemoryFacts(max(ends, default=0), len(self.frames), len(self.packets), width, height)

    async def holds(self, *, video: int = 0, audio: int = 0) -> None:
        await self._until(lambda: len(self.frames) >= video and len(self.packets) >= audio)

    async def is_in_step(self, *, within_ms: int) -> None:
        """Wait until picture and sound have come equally far: who stalled catches up, clocks apart never."""
        await self._until(lambda: abs(self.frames[-1][0] - self.packets[-1][0]) < within_ms)

    async def _until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                self.grew.clear()
                await self.grew.wait()


class MemoryRecorder:
    def __init__(self) -> None:
        self.sinks: list[MemorySink] = []
        self.refuse = False

    def begin(self, room_id: str, part_id: str, *, kinds: tuple[Kind, ...]) -> MemorySink:
        if self.refuse:
            raise OSError(28, f"no space for {room_id}")
        sink = MemorySink(part_id, kinds)
        self.sinks.append(sink)
        return sink

    def lag(self) -> dict[str, float]:
        return {"queued": 0.0, "unsynced": 0.0, "sync": 0.0}
