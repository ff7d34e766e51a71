"""Datagrams in a stream of bytes: two bytes of length, then as many of datagram (RFC 4571 section 2)."""

from webrtc.errors import FrameRefused

LENGTH_BYTES = 2
MAX_DATAGRAM_BYTES = 2048


def framed(datagram: bytes) -> bytes:
    """Return the frame of a datagram."""
    return len(datagram).to_bytes(LENGTH_BYTES, "big") + datagram


class Deframer:
    """Collects bytes until they are datagrams; never keeps more than one unfinished frame."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the datagrams that are now complete, or raise FrameRefused: then the stream is lost.

        Frames without content are allowed and mean nothing.
        """
        stream = self._rest + data if self._rest else data
        size, at = len(stream), 0
        datagrams: list[bytes] = []
        while size - at >= LENGTH_BYTES:
            length = stream[at] << 8 | stream[at + 1]
            if length > MAX_DATAGRAM_BYTES:
                raise FrameRefused(f"{length} bytes")
            end = at + LENGTH_BYTES + length
            if end > size:
                break
            if length:
                datagrams.append(stream[at + LENGTH_BYTES : end])
            at = end
        self._rest = stream[at:]
        return datagrams
