"""SIGKILLs at random moments of a recording of real media: what was called durable and is gone, what is lost.

Each time another process records some parts side by side and says how much it was given and what is durable;
afterwards every part is salvaged with the identity.
"""

import asyncio
import io
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from recordings.age_keys import Identity, new_identity
from recordings.errors import SealedFileError
from recordings.salvage import salvage
from tests.support import vault_child
from tests.support.vault_keys import keyring_of, write_keyring
from tests.support.vault_media import AUDIO_STEP_MS, VIDEO_STEP_MS, decoded

DEBIAN_PACKAGES = ()
KILLS = int(os.environ.get("KILLS", "100"))
PARTS = 6
SHORTEST_SECONDS, LONGEST_SECONDS = 1.2, 4.0


async def run() -> dict[str, float]:
    """Kill so often, and give the worst that came of it."""
    return await asyncio.to_thread(_killed)


def _killed() -> dict[str, float]:
    lost_bytes, lost_ms = 0, 0
    for number in range(KILLS):
        with tempfile.TemporaryDirectory(prefix="parloir-kill-") as folder:
            worst = _kill(Path(folder), random.Random(number))  # noqa: S311  moments, no secrets
        lost_bytes, lost_ms = max(lost_bytes, worst[0]), max(lost_ms, worst[1])
        sys.stderr.write(f"kill {number + 1}: durable bytes lost {worst[0]}, media lost {worst[1]} ms\n")
    return {"kills": KILLS, "durable_bytes_lost": lost_bytes, "media_seconds_lost": lost_ms / 1000}


def _kill(folder: Path, chance: random.Random) -> tuple[int, int]:
    """Record, kill, salvage; give the bytes and the ms of the part that lost most."""
    identity = new_identity()
    recipients = write_keyring(folder, keyring_of(identity))
    with vault_child.start("record", folder / "data", recipients, PARTS) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
        child.kill()
        said = (first + child.stdout.read()).decode().splitlines()
    given_ms = max(int(line) for line in said if line.isdigit())
    durable = {line.split()[1]: int(line.split()[2]) for line in said if line.startswith("durable")}
    names = [f"part{number}" for number in range(PARTS)]
    bases = [folder / "data" / "room" / name for name in names]
    each = [_lost(base, identity, durable.get(base.name, 0), given_ms) for base in bases]
    return max(lost for lost, _ in each), max(lost for _, lost in each)


def _lost(base: Path, identity: Identity, durable: int, given_ms: int) -> tuple[int, int]:
    got = io.BytesIO()
    try:
        outcome = salvage(base, [identity], got)
    except SealedFileError:
        return durable, given_ms
    if outcome.problem is not None or not got.getvalue():
        return max(0, durable - outcome.plaintext_bytes), given_ms
    media = decoded(got.getvalue())
    ends_ms = min(media.audio_ms[-1] + AUDIO_STEP_MS, media.video_ms[-1] + VIDEO_STEP_MS)
    return max(0, durable - outcome.plaintext_bytes), max(0, given_ms - ends_ms)
