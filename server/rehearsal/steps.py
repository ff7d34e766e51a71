"""Runs the twelve steps in their order, and stops at the first that fails."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, TypeVar

import aiohttp
import av

from recordings.errors import RecordingsError
from server.errors import ServerError
from server.rehearsal import steps_after, steps_before, steps_during
from server.rehearsal.errors import RehearsalError
from server.rehearsal.kit import Kit
from server.rehearsal.opening import read_identity
from server.rehearsal.report import STEPS, Report, StepResult
from server.rehearsal.stage import Stage, set_stage

Step = Callable[[Stage], Awaitable[str]]
Progress = Callable[[str], None]
KitSource = Callable[[AsyncExitStack], Awaitable[Kit]]

T = TypeVar("T")
FINDINGS: Final = (
    RehearsalError,
    RecordingsError,
    ServerError,
    aiohttp.ClientError,
    av.FFmpegError,
    OSError,
    LookupError,
    ValueError,
)

AFTER_START: Final[tuple[Step, ...]] = (
    steps_before.booked,
    steps_before.confirmed,
    steps_before.joined,
    steps_before.relayed,
    steps_during.recorded,
    steps_during.minuted,
    steps_during.evidenced,
    steps_during.concluded,
    steps_after.downloaded,
    steps_after.opened,
    steps_after.verified,
)


async def rehearse(
    kit_source: KitSource, folder: Path, report: Report, *, seconds: float, progress: Progress
) -> None:
    """Hold one whole interview and fill the report; `kit_source` starts an instance or finds one."""
    async with AsyncExitStack() as leaving:

        async def started() -> Stage:
            kit = await kit_source(leaving)
            identity = read_identity(kit.identity)
            stage = await set_stage(kit, folder, identity, seconds=seconds, leaving=leaving)
            await stage.staff.get("/healthz")
            await stage.staff.get(kit.staff_link)
            await stage.officer.get(kit.officer_link)
            await stage.supervisor.get(kit.supervisor_link)
            return stage

        stage = await _timed(report, progress, STEPS[0], started, lambda stage: stage.kit.url)
        for step in AFTER_START:
            if stage is None or not report.steps[-1].ok:
                return
            await _timed(report, progress, step.__name__, lambda step=step: step(stage), str)  # type: ignore[misc]


async def _timed(
    report: Report, progress: Progress, name: str, act: Callable[[], Awaitable[T]], told: Callable[[T], str]
) -> T | None:
    """Run one step and write down how it went; a failure is a finding, not an exception."""
    progress(name)
    began_at = time.monotonic()
    found: T | None = None
    try:
        found = await act()
        ok, detail = True, told(found)
    except FINDINGS as finding:
        ok, detail = False, f"{type(finding).__name__}: {finding}".strip(": ")
    report.steps.append(StepResult(name, ok=ok, seconds=time.monotonic() - began_at, detail=detail))
    return found
