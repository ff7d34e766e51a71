"""The control channel between the web process and a node: JSON objects behind a length, two alike ends."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import cast

import structlog

from webrtc.errors import FrameRefused
from webrtc.ports import Json

LENGTH_BYTES = 4
MAX_FRAME_BYTES = 1 << 20

_log = structlog.get_logger()


def encode(message: Json) -> bytes:
    """Return the frame of a message, or raise FrameRefused."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > MAX_FRAME_BYTES:
        raise FrameRefused(f"{len(body)} bytes")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


class Decoder:
    """Collects bytes until they are frames."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Json]:
        """Return the messages that are now complete, or raise FrameRefused: then the channel is lost."""
        self._buffer += data
        messages: list[Json] = []
        while len(self._buffer) >= LENGTH_BYTES:
            size = int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
            if size > MAX_FRAME_BYTES:
                raise FrameRefused(f"{size} bytes")
            end = LENGTH_BYTES + size
            if len(self._buffer) < end:
                break
            messages.append(_decode(bytes(self._buffer[LENGTH_BYTES:end])))
            del self._buffer[:end]
        return messages


def _decode(body: bytes) -> Json:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise FrameRefused("no JSON") from error
    if not isinstance(message, dict):
        raise FrameRefused("no JSON object")
    return message


class ControlEnd(asyncio.Protocol):
    """One end of the channel; `receive` takes each message, `closed` is set when the other end is gone."""

    def __init__(self, receive: Callable[[Json], None]) -> None:
        self._receive = receive
        self._decoder = Decoder()
        self._transport: asyncio.Transport | None = None
        self.closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (called by asyncio; that of uvloop is no subclass of asyncio's)."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand on complete messages (called by asyncio); a broken frame ends the channel."""
        try:
            messages = self._decoder.feed(data)
        except FrameRefused as error:
            _log.error("x control", reason=error.reason)
            self.close()
            return
        for message in messages:
            self._receive(message)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's shape
        """Let who waits know (called by asyncio)."""
        self.closed.set()

    def send(self, message: Json) -> None:
        """Send a message; after the other end is gone it is dropped."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(encode(message))

    def close(self) -> None:
        """End the channel once everything is written."""
        if self._transport is not None:
            self._transport.close()


async def open_end(end: socket.socket, receive: Callable[[Json], None]) -> ControlEnd:
    """Open one end over a connected stream socket, for instance a half of `socket.socketpair()`."""
    end.setblocking(False)
    loop = asyncio.get_running_loop()
    _, protocol = await loop.connect_accepted_socket(lambda: ControlEnd(receive), end)
    return protocol
