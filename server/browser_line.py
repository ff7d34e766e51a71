"""One browser's line to the media node, as the web process keeps it."""

import asyncio
from dataclasses import dataclass, field

from server.node_run import NodeRun
from webrtc.ports import Json

MOST_WAITING = 256  # messages to one browser; more means that it does not read any more


@dataclass(slots=True, eq=False)
class Line:
    """One browser's line: the messages that wait for it, None at the end; and the node told of it."""

    peer_id: str
    room_id: str
    participant_id: str
    role: str
    waiting: asyncio.Queue[Json | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    told: NodeRun | None = None
    cause: str = ""
    """Why the line ends, in a word for the log; the first one that is known."""

    def put(self, message: Json | None) -> None:
        """Queue a message; a browser that does not read loses its line and comes back for a fresh one."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            message = None
            self.because("does_not_read")
        self.waiting.put_nowait(message)

    def end(self, cause: str) -> None:
        """End the line after the messages that wait."""
        self.because(cause)
        self.put(None)

    def because(self, cause: str) -> None:
        """Remember why the line ends, whoever ends it."""
        self.cause = self.cause or cause
