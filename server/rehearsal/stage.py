"""What the steps of a rehearsal share: the people, their peers, the clock, and what was told and found."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from recordings.age_keys import Identity
from server.demo.links import write_private
from server.rehearsal.card import Side
from server.rehearsal.findings import Told
from server.rehearsal.kit import Kit
from server.rehearsal.loopback import reaching
from server.rehearsal.peer import Peer
from server.rehearsal.visitor import Visitor

SEALED: Final = "sealed"
OPENED: Final = "opened"
IDENTITY: Final = "identity.txt"


@dataclass
class Stage:
    """One rehearsal under way. `folder` takes identity, sealed and opened files."""

    kit: Kit
    folder: Path
    seconds: float
    staff: Visitor
    officer: Visitor
    supervisor: Visitor
    host_peer: Peer
    officer_peer: Peer
    identity: Identity
    began_at: float
    told: Told = field(default_factory=Told)
    booking_id: str = ""
    interview_id: str = ""
    opened: list[bytes] = field(default_factory=list)

    @property
    def interview(self) -> str:
        """The path of the interview."""
        return f"/interviews/{self.interview_id}"

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds since the rehearsal began, as the cards show them."""
        return round((time.monotonic() - self.began_at) * 1000)

    async def leave(self) -> None:
        """Let both peers go; may be called twice."""
        await asyncio.gather(self.host_peer.leave(), self.officer_peer.leave())


async def set_stage(
    kit: Kit, folder: Path, identity: Identity, *, seconds: float, leaving: AsyncExitStack
) -> Stage:
    """Open three browsers and make two peers; `leaving` closes them all."""
    leaving.enter_context(reaching(kit.url))
    began_at = time.monotonic()

    def elapsed() -> float:
        return time.monotonic() - began_at

    visitors = [await leaving.enter_async_context(Visitor(kit.url)) for _ in range(3)]
    stage = Stage(
        kit=kit,
        folder=folder,
        seconds=seconds,
        staff=visitors[0],
        officer=visitors[1],
        supervisor=visitors[2],
        host_peer=Peer(Side.CENTRE, elapsed),
        officer_peer=Peer(Side.POST, elapsed),
        identity=identity,
        began_at=began_at,
    )
    leaving.push_async_callback(stage.leave)
    for name in (SEALED, OPENED):
        (folder / name).mkdir(mode=0o700, parents=True)
    write_private(folder / IDENTITY, str(identity))
    return stage
