"""What a test starts in a process of its own, to kill it or to let its disk fill up.

`write BASE RECIPIENT`: write and sync for ever, print what is durable.
`limit BASE RECIPIENT BYTES`: the same where no file may exceed BYTES; prints the failure too.
`record FOLDER RECIPIENTS PARTS`: record real media in real time, so many parts of it; prints what each was
given, in ms, and after each sync `durable PART BYTES`.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from recordings import track_writer
from recordings.age_keys import parse_recipient
from recordings.durable_writer import DurableWriter, sync_together
from recordings.errors import RecordingsError
from recordings.keyring import read_keyring
from recordings.track_writer import SealedRecorder
from tests.support.vault_media import AUDIO_STEP_MS, opus_packets, vp8_frames

ROOT = Path(__file__).parents[2]
PIECE = 320


def start(*arguments: object) -> "subprocess.Popen[bytes]":
    """Start one of the commands below."""
    command = [sys.executable, "-m", "tests.support.vault_child", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603


def pattern(size: int) -> bytes:
    """Give the first `size` bytes of what `write` writes: no two pieces are alike."""
    return b"".join(piece(number) for number in range(size // PIECE + 1))[:size]


def piece(number: int) -> bytes:
    return b"%07d\n" % number * (PIECE // 8)


def say(line: object) -> None:
    """Print past every buffer, so that nothing that was said is lost."""
    os.write(1, f"{line}\n".encode())


def write(base: str, recipient: str) -> None:
    writer = DurableWriter(Path(base), [parse_recipient(recipient)])
    for number in count():
        writer.write(piece(number))
        if number % 40 == 0:
            say(writer.sync())


def limit(base: str, recipient: str, most_bytes: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    writer = DurableWriter(Path(base), [parse_recipient(recipient)])
    try:
        for number in count():
            writer.write(piece(number))
            if number % 40 == 0:
                say(writer.sync())
    except RecordingsError as error:
        pair = writer.abandon()
        say(f"{type(error).__name__} {pair.body_bytes} {pair.body_sha256}")


async def record(folder: str, recipients: str, parts: str) -> None:
    packets, frames = opus_packets(500), vp8_frames(250)
    vars(track_writer)["sync_together"] = _sync_and_say  # listened to
    recorder = SealedRecorder(Path(folder), read_keyring(Path(recipients)))
    sinks = [
        recorder.begin("room", f"part{number}", kinds=("audio", "video")) for number in range(int(parts))
    ]
    begun = time.monotonic()
    for number in count():
        await asyncio.sleep(max(0, begun + number * AUDIO_STEP_MS / 1000 - time.monotonic()))
        if number % 2 == 0:
            frame = frames[number // 2 % len(frames)]
            width, height = frame.width, frame.height
            for sink in sinks:
                sink.video(
                    number * AUDIO_STEP_MS, frame.data, keyframe=frame.keyframe, width=width, height=height
                )
        for sink in sinks:
            sink.audio(number * AUDIO_STEP_MS, packets[number % len(packets)])
        say(number * AUDIO_STEP_MS + AUDIO_STEP_MS)


def _sync_and_say(staged: Sequence[DurableWriter]) -> None:
    sync_together(staged)
    for writer in staged:
        say(f"durable {writer.base.name} {writer.durable_bytes}")


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    match command:
        case "write":
            write(*arguments)
        case "limit":
            limit(*arguments)
        case "record":
            asyncio.run(record(*arguments))
