"""One 1:1 call through stock aiortc: MediaRelay between two peer connections, so decoded and encoded anew.

Reads an offer a line on stdin, `{"sdp": …}`, and answers in kind; two offers make a call.
"""

import asyncio
import json
import sys

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay


async def serve() -> None:
    """Answer every offer until stdin ends."""
    relay, connections = MediaRelay(), [RTCPeerConnection(), RTCPeerConnection()]
    for one, other in (connections, connections[::-1]):
        _hand_on(relay, one, other)
    for connection in connections:
        line = await asyncio.to_thread(sys.stdin.readline)
        await connection.setRemoteDescription(RTCSessionDescription(json.loads(line)["sdp"], "offer"))
        for transceiver in connection.getTransceivers():
            transceiver.direction = "sendrecv"
        await connection.setLocalDescription(await connection.createAnswer())
        sys.stdout.write(json.dumps({"sdp": connection.localDescription.sdp}) + "\n")
        sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


def _hand_on(relay: MediaRelay, one: RTCPeerConnection, other: RTCPeerConnection) -> None:
    waiting: dict[str, MediaStreamTrack] = {}

    def give() -> None:
        for transceiver in other.getTransceivers():
            if transceiver.kind in waiting:
                transceiver.sender.replaceTrack(waiting.pop(transceiver.kind))

    def take(track: MediaStreamTrack) -> None:
        waiting[track.kind] = relay.subscribe(track)
        give()

    one.on("track", take)
    other.on("signalingstatechange", give)


if __name__ == "__main__":
    asyncio.run(serve())
