"""The steps after the interview: downloaded, opened, verified."""

import asyncio
import re
import time
from collections import Counter
from typing import Final

from server.rehearsal import findings, search
from server.rehearsal.errors import FoundWrong, NotOnPage
from server.rehearsal.opening import document_of, ending_of, open_sealed
from server.rehearsal.page import Link
from server.rehearsal.stage import OPENED, SEALED, Stage
from server.rehearsal.steps_during import needles_of_words, search_folder

SEAL_SECONDS: Final = 45.0
FILE: Final = re.compile("/sealed/[0-9a-z]+")
LEAST_FILES: Final = 7  # two parts, one picture, timeline, manifest, and the transcript twice


async def downloaded(stage: Stage) -> str:
    """The supervisor waits until everything is sealed, and downloads it."""
    links = await _sealed_links(stage)
    for link in links:
        name, sealed = await stage.supervisor.download(link.href)
        await asyncio.to_thread((stage.folder / SEALED / name).write_bytes, sealed)
    return f"{len(links)} age files"


async def opened(stage: Stage) -> str:
    """Each file opens with the key that the server never had."""
    paths = sorted((stage.folder / SEALED).iterdir())
    contents = await asyncio.to_thread(
        lambda: [open_sealed(path.read_bytes(), stage.identity) for path in paths]
    )
    stage.opened = contents
    for path, content in zip(paths, contents, strict=True):
        await asyncio.to_thread((stage.folder / OPENED / path.stem).write_bytes, content)
    kinds = Counter(ending_of(content).removeprefix(".") for content in contents)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


async def verified(stage: Stage) -> str:
    """Pictures, sound, minutes, evidence and outcome are what went in, and none of it lies in clear."""
    watched = await asyncio.to_thread(findings.check_recordings, stage.opened, stage.told)
    findings.check_transcript(stage.opened, stage.told)
    document_of(stage.opened, "timeline")
    document_of(stage.opened, "manifest")
    frames = [frame for one in watched for frame in one.frames]
    if not frames:
        raise FoundWrong("the recordings hold no frame to search for")
    needles = [needle for frame in frames for needle in search.needles_of_blob("media", frame)]
    searched = await asyncio.to_thread(search_folder, stage, [*needles_of_words(stage), *needles])
    pictures = sum(len(one.pictures) for one in watched)
    return f"{pictures} pictures and both tones, minutes, evidence and outcome; {searched}"


async def _sealed_links(stage: Stage) -> list[Link]:
    deadline = time.monotonic() + SEAL_SECONDS
    while True:
        page = await stage.supervisor.get(f"{stage.interview}/sealed")
        links = {link.path: link for link in page.links if FILE.fullmatch(link.path)}
        if len(links) >= LEAST_FILES:
            return list(links.values())
        if time.monotonic() > deadline:
            raise NotOnPage(page.path, f"transcript after {SEAL_SECONDS:g} s, only {len(links)} files")
        await asyncio.sleep(0.5)
