"""An interview of the stories: booked and confirmed through the pages, held by guests who come back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from recordings.tables import parts, recordings
from server.rehearsal import steps_before
from server.rehearsal.card import Side
from server.rehearsal.stage import Stage
from server.rehearsal.visitor import Visitor
from tests.support.guest import Guest
from tests.support.instance import Instance


@dataclass
class Encounter:
    """One interview under way, with both its guests and the instance that carries it."""

    instance: Instance
    stage: Stage
    host: Guest
    officer: Guest

    @property
    def id(self) -> str:
        return self.stage.interview_id

    @property
    def guests(self) -> tuple[Guest, Guest]:
        return self.host, self.officer

    def path(self, rest: str) -> str:
        return f"{self.stage.interview}/{rest}"

    def line_url(self) -> str:
        return f"{self.instance.url}{self.path('line')}"

    def elapsed(self) -> float:
        """Seconds of the story, as the cards show them in milliseconds."""
        return time.monotonic() - self.stage.began_at

    async def gather(self) -> None:
        """Both come in, the host admits, and both see and hear each other."""
        await steps_before.joined(self.stage)
        await steps_before.relayed(self.stage)

    async def come_to_the_door(self) -> None:
        """The host is in and their media is up; the officer waits."""
        for visitor in (self.stage.staff, self.stage.officer):
            await steps_before.come_to_the_room(self.stage, visitor)
        await self.host.enter(self.stage.staff.http, self.line_url(), self.stage.staff.base)
        await self.officer.enter(self.stage.officer.http, self.line_url(), self.stage.officer.base)
        await self.officer.hears("waiting")

    async def admit_officer(self) -> None:
        welcome = await self.officer.hears("welcome")
        await self.stage.staff.act(self.path("admit"), {"participant_id": welcome["participant"]})

    async def start_recording(self) -> None:
        """Notice, consent, start; returns when both were told that it runs."""
        await self.stage.staff.act(self.path("notice"), {"language": "fr", "consent": "yes"})
        await self.stage.officer.act(self.path("recording"), {"run": "start"})
        await self.both_hear_recording()

    async def both_hear_recording(self, state: str = "recording") -> None:
        await asyncio.gather(
            *(guest.hears("recording", lambda m: m["state"] == state) for guest in self.guests)
        )

    async def both_see_each_other_after(self, at: float, *, seconds: float = 15.0) -> float:
        """Wait until both decode cards that the other drew after a moment; returns when the later one did."""
        return max(
            await asyncio.gather(
                self.host.sees_card_after(Side.POST, at, seconds=seconds),
                self.officer.sees_card_after(Side.CENTRE, at, seconds=seconds),
            )
        )

    async def note(self, text: str) -> None:
        """Take a line of the minutes."""
        await self.stage.officer.act(self.path("minutes"), {"kind": "answer", "text": text})

    async def minutes(self) -> list[str]:
        kept = await self.stage.officer.read_json(self.path("minutes"))
        return [line["text"] for line in kept["minutes"]]

    async def end(self) -> None:
        await self.stage.officer.act(self.path("end"), {"ending": "normal", "unread": "broken_off"})
        await asyncio.gather(*(guest.hears("ended") for guest in self.guests))

    async def conclude(self) -> None:
        """Conclude without evidence."""
        page = await self.stage.officer.get(self.path("outcome"))
        wish = {"value": "inconclusive", "reasons": "Le récit ne suffit pas.", "travel_document": "no"}
        await self.stage.officer.submit(page.form("/outcome", "reasons"), wish)

    def parts(self) -> list[dict[str, Any]]:
        """The rows of the interview's parts, the oldest first."""
        return self.instance.rows(
            select(parts)
            .join(recordings, recordings.c.id == parts.c.recording_id)
            .where(recordings.c.interview_id == self.id)
            .order_by(parts.c.started_at)
        )

    async def until_parts(self, *states: str, seconds: float = 15.0) -> list[dict[str, Any]]:
        """Wait until the parts stand in exactly these states, in any order."""
        await self.until(lambda: sorted(part["state"] for part in self.parts()) == sorted(states), seconds)
        return self.parts()

    async def until(self, holds: Callable[[], bool], seconds: float = 15.0) -> None:
        """Wait for what another process does to files and rows."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():  # noqa: ASYNC110 - no event of this process
                    await asyncio.sleep(0.05)
        assert holds(), [part["state"] for part in self.parts()]


@asynccontextmanager
async def encounter(instance: Instance, folder: Path) -> AsyncIterator[Encounter]:
    """Book and confirm an interview through the pages; both guests stand before the door."""
    began_at = time.monotonic()

    def elapsed() -> float:
        return time.monotonic() - began_at

    kit = instance.kit
    async with AsyncExitStack() as leaving:
        staff, officer, supervisor = [
            await leaving.enter_async_context(Visitor(instance.url)) for _ in range(3)
        ]
        host, guest = Guest(Side.CENTRE, elapsed), Guest(Side.POST, elapsed)
        stage = Stage(
            kit=kit,
            folder=folder,
            seconds=0,
            staff=staff,
            officer=officer,
            supervisor=supervisor,
            host_peer=host,
            officer_peer=guest,
            identity=instance.identity,
            began_at=began_at,
        )
        leaving.push_async_callback(stage.leave)
        await asyncio.gather(
            staff.get(kit.staff_link), officer.get(kit.officer_link), supervisor.get(kit.supervisor_link)
        )
        await steps_before.booked(stage)
        await steps_before.confirmed(stage)
        yield Encounter(instance, stage, host, guest)
