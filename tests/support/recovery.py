"""What can be had back of a story's recording, with the key that the instance never saw."""

import asyncio
import io
import tempfile
from pathlib import Path

from recordings.salvage import salvage, salvage_download
from recordings.sealed_file import open_plaintext
from server.rehearsal.opening import Watched, open_sealed, watch
from tests.support.encounter import Encounter

SEAL_SECONDS = 40.0


def recovered(held: Encounter, part_id: str) -> Watched:
    """Salvage a part that was cut, and decode it."""
    out = io.BytesIO()
    found = salvage(held.instance.part_path(held.id, part_id), [held.instance.identity], out)
    assert not found.is_finished
    assert found.problem is None
    return watch(out.getvalue())


def opened_part(held: Encounter, part_id: str) -> Watched:
    """Open a part that was finished, and decode it."""
    with open_plaintext(held.instance.part_path(held.id, part_id), [held.instance.identity]) as reader:
        return watch(reader.read())


def newest_card(media: Watched) -> int:
    """The time on the last card, in milliseconds of the story; at least nine of ten pictures are cards."""
    readings = [picture.reading for picture in media.pictures if picture.reading is not None]
    assert len(readings) >= 0.9 * len(media.pictures) > 0
    return max(reading.elapsed_ms for reading in readings)


async def downloads_of(held: Encounter, *, files: int) -> tuple[list[bytes], list[bytes]]:
    """Download what the supervisor is offered, once there are so many files: the whole ones opened, and what
    those give that a crash cut, each with its tail.
    """
    links: set[str] = set()
    async with asyncio.timeout(SEAL_SECONDS):
        while len({link for link in links if not link.endswith("/tail")}) < files:
            page = await held.stage.supervisor.get(held.path("sealed"))
            links = {link.path for link in page.links if link.path.startswith("/sealed/")}
            await asyncio.sleep(0.1)
    tails = {link for link in links if link.endswith("/tail")}
    cut = {link.removesuffix("/tail") for link in tails}
    identity = held.instance.identity
    whole = [
        open_sealed(await held.stage.supervisor.bytes_of(link), identity)
        for link in sorted(links - tails - cut)
    ]
    cut_files = [
        await _salvaged(held, await held.stage.supervisor.bytes_of(link.removesuffix("/tail")), link)
        for link in sorted(tails)
    ]
    return whole, cut_files


async def _salvaged(held: Encounter, file: bytes, tail_link: str) -> bytes:
    tail = await held.stage.supervisor.bytes_of(tail_link)
    return await asyncio.to_thread(_joined, held, file, tail)


def _joined(held: Encounter, file: bytes, tail: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        at, tail_at, out = Path(folder, "part.age"), Path(folder, "part.tail"), io.BytesIO()
        at.write_bytes(file)
        tail_at.write_bytes(tail)
        assert salvage_download(at, tail_at, [held.instance.identity], out).problem is None
    return out.getvalue()
