import asyncio
import errno
import hashlib
import io
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from recordings import disk, durable_writer, track_writer
from recordings.age_keys import X25519Identity
from recordings.durable_writer import DurableWriter, body_path, header_path, tail_path
from recordings.salvage import salvage
from recordings.sealed_file import make_folder, open_plaintext
from recordings.track_writer import PartFacts, SealedRecorder, SealedTrack
from tests.support import vault_child
from tests.support.vault_keys import keyring_of, write_keyring
from tests.support.vault_media import AUDIO_STEP_MS, VIDEO_STEP_MS, decoded, opus_packets, vp8_frames
from webrtc.ports import Kind, Recorder, TrackSink

OWNER = X25519Identity(bytes(range(32)))
BOTH: tuple[Kind, ...] = ("audio", "video")


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SealedRecorder]:
    made = SealedRecorder(tmp_path / "recordings", keyring_of(OWNER))
    yield made
    made.close()


def play(sink: SealedTrack, seconds: int) -> None:
    """Give real media, without waiting."""
    for frame in vp8_frames(seconds * 25):
        sink.video(frame.pts_ms, frame.data, keyframe=frame.keyframe, width=frame.width, height=frame.height)
    for number, packet in enumerate(opus_packets(seconds * 50)):
        sink.audio(number * AUDIO_STEP_MS, packet)


def salvaged(base: Path) -> bytes:
    out = io.BytesIO()
    assert salvage(base, [OWNER], out).problem is None
    return out.getvalue()


async def until(condition: Callable[[], object]) -> None:
    """Wait for the thread to get somewhere."""

    def wait() -> bool:
        ends = time.monotonic() + 10
        while not condition() and time.monotonic() < ends:
            time.sleep(0.01)
        return bool(condition())

    assert await asyncio.to_thread(wait)


async def test_a_finished_part_opens_and_decodes(tmp_path: Path, recorder: SealedRecorder) -> None:
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    play(sink, 3)
    facts = await sink.finish()
    base = tmp_path / "recordings" / "room1" / "part1"
    got = decoded(open_plaintext(base, [OWNER]).readall())
    assert len(got.video_ms) == facts.video_frames == 75
    assert len(got.audio_ms) == facts.audio_frames == 150
    assert (facts.width, facts.height, facts.duration_ms) == (160, 120, 3000)
    body = body_path(base).read_bytes()
    assert (facts.bytes, facts.body_sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert facts.is_finished
    assert sink.failed() is None
    assert not tail_path(base).exists()


def test_the_recorder_has_the_shapes_that_the_media_room_asks_for(recorder: SealedRecorder) -> None:
    shape: Recorder = recorder
    sink: TrackSink = shape.begin("room1", "part1", kinds=BOTH)
    assert sink.failed() is None


async def test_parts_of_many_people_are_written_side_by_side(
    tmp_path: Path, recorder: SealedRecorder
) -> None:
    sinks = [recorder.begin(f"room{number % 2}", f"part{number}", kinds=BOTH) for number in range(6)]
    for sink in sinks:
        play(sink, 1)
    facts = await asyncio.gather(*(sink.finish() for sink in sinks))
    assert {fact.video_frames for fact in facts} == {25}
    assert len(list((tmp_path / "recordings").glob("room*/*.body"))) == 6


async def test_a_part_without_a_frame_is_finished_too(recorder: SealedRecorder) -> None:
    facts = await recorder.begin("room1", "part1", kinds=BOTH).finish()
    assert (facts.is_finished, facts.duration_ms, facts.video_frames, facts.audio_frames) == (True, 0, 0, 0)


async def test_what_was_given_a_second_ago_can_be_salvaged(tmp_path: Path, recorder: SealedRecorder) -> None:
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    play(sink, 2)
    base = tmp_path / "recordings" / "room1" / "part1"

    def all_there() -> bool:
        got = decoded(salvaged(base))
        return (len(got.video_ms), len(got.audio_ms)) == (50, 100)

    await until(lambda: tail_path(base).exists() and all_there())
    await sink.finish()


async def test_finishing_twice_gives_the_same_facts_and_takes_no_more_frames(
    recorder: SealedRecorder,
) -> None:
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    play(sink, 1)
    first = await sink.finish()
    sink.audio(5000, b"late")
    assert await sink.finish() == first


async def test_whoever_gives_up_waiting_does_not_stop_the_part(recorder: SealedRecorder) -> None:
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    play(sink, 1)
    waiting = asyncio.ensure_future(sink.finish())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await sink.finish()).video_frames == 25


async def test_closing_the_recorder_finishes_what_is_open(tmp_path: Path) -> None:
    recorder = SealedRecorder(tmp_path, keyring_of(OWNER))
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    play(sink, 1)
    await asyncio.to_thread(recorder.close)
    assert (await sink.finish()).is_finished
    assert len(decoded(open_plaintext(tmp_path / "room1" / "part1", [OWNER]).readall()).video_ms) == 25
    with pytest.raises(RuntimeError, match="closed"):
        recorder.begin("room1", "part2", kinds=BOTH)


@pytest.mark.parametrize(("room", "part"), [("../x", "a"), ("a", "../x"), ("", "a"), ("a", "A.hdr")])
async def test_a_name_that_is_none_of_ours_is_refused(recorder: SealedRecorder, room: str, part: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        recorder.begin(room, part, kinds=BOTH)


async def test_a_full_queue_ends_the_part_says_so_and_keeps_what_was_queued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()

    def slow(folder: Path) -> None:
        may_go_on.wait(10)
        make_folder(folder)

    monkeypatch.setattr(track_writer, "make_folder", slow)
    recorder = SealedRecorder(tmp_path, keyring_of(OWNER), most_queued_bytes=1000)
    sink = recorder.begin("room1", "part1", kinds=("audio",))
    for number in range(10):
        sink.audio(number * 20, bytes(100))
    assert sink.failed() is None
    sink.audio(200, b"one too many")
    sink.audio(220, b"")
    assert sink.failed() == "the disk is too slow"
    may_go_on.set()
    facts = await sink.finish()
    assert (facts.audio_frames, facts.is_finished) == (10, True)
    assert open_plaintext(tmp_path / "room1" / "part1", [OWNER]).size > 1000
    recorder.close()


async def test_the_queue_is_bounded_and_not_the_recording(
    recorder: SealedRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = recorder.begin("room1", "part1", kinds=("audio",))
    monkeypatch.setattr(sink, "_most_queued_bytes", 1000)
    for number in range(12):
        sink.audio(number * 20, bytes(100 * (number % 3 + 1)))
        await until(lambda: not sink.queue)
    assert (await sink.finish()).audio_frames == 12


@pytest.mark.parametrize(
    ("code", "reason"),
    [(errno.ENOSPC, "the disk is full"), (errno.EIO, "the disk refuses: Input/output error")],
)
async def test_a_disk_that_fails_ends_the_part_and_no_other(
    tmp_path: Path, recorder: SealedRecorder, monkeypatch: pytest.MonkeyPatch, code: int, reason: str
) -> None:
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    play(sink, 1)
    base = tmp_path / "recordings" / "room1" / "part1"
    await until(tail_path(base).exists)

    def write(_: int, __: bytes) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr(disk, "write_fully", write)
        sink.audio(2000, b"more")
        await until(sink.failed)
    assert sink.failed() == reason
    sink.audio(3000, b"more")
    facts = await sink.finish()
    assert not facts.is_finished
    body = body_path(base).read_bytes()
    assert (facts.bytes, facts.body_sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert len(decoded(salvaged(base)).video_ms) == 25
    other = recorder.begin("room1", "part2", kinds=BOTH)
    play(other, 1)
    assert (await other.finish()).is_finished


async def test_a_part_that_cannot_be_opened_says_so_and_has_empty_facts(
    tmp_path: Path, recorder: SealedRecorder
) -> None:
    (tmp_path / "recordings").write_bytes(b"not a folder")
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    await until(sink.failed)
    assert sink.failed() == "the disk refuses: Not a directory"
    assert await sink.finish() == PartFacts(0, 0, 0, 0, 0, 0, hashlib.sha256().hexdigest(), is_finished=False)


async def test_a_part_is_never_written_over(tmp_path: Path, recorder: SealedRecorder) -> None:
    first = recorder.begin("room1", "part1", kinds=BOTH)
    play(first, 1)
    facts = await first.finish()
    second = recorder.begin("room1", "part1", kinds=BOTH)
    await until(second.failed)
    assert second.failed() == "a part of this name exists"
    body = body_path(tmp_path / "recordings" / "room1" / "part1").read_bytes()
    assert hashlib.sha256(body).hexdigest() == facts.body_sha256


async def test_a_frame_that_breaks_the_muxer_ends_its_part_only(recorder: SealedRecorder) -> None:
    sink = recorder.begin("room1", "part1", kinds=("audio",))
    sink.video(0, b"k", keyframe=True, width=2, height=2)
    facts = await sink.finish()
    assert sink.failed() == "the recorder failed: ValueError"
    assert not facts.is_finished


async def test_the_reason_of_a_failure_names_no_path(tmp_path: Path, recorder: SealedRecorder) -> None:
    (tmp_path / "recordings").write_bytes(b"not a folder")
    sink = recorder.begin("room1", "part1", kinds=BOTH)
    await until(sink.failed)
    assert "/" not in (sink.failed() or "/")


def lost_ms(base: Path, given_ms: int) -> int:
    """Give how much of the media that was given cannot be salvaged, the worse of picture and sound."""
    got = decoded(salvaged(base))
    return given_ms - min(got.audio_ms[-1] + AUDIO_STEP_MS, got.video_ms[-1] + VIDEO_STEP_MS)


def test_a_recorder_killed_at_any_moment_loses_at_most_a_second_of_media(tmp_path: Path) -> None:
    recipients = write_keyring(tmp_path, keyring_of(OWNER))
    base = tmp_path / "data" / "room" / "part0"
    moments: dict[int, Path] = {}
    with vault_child.start("record", tmp_path / "data", recipients, 1) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(b"durable"):
                continue
            given_ms = int(line)
            if given_ms % 160 == 0 and given_ms > 1000:
                moments[given_ms] = snapshot(base, tmp_path / str(given_ms))
            if given_ms > 3000:
                break
        child.kill()
        given_ms = max(int(word) for word in (line + child.stdout.read()).split(b"\n") if word.isdigit())
    assert {ms: lost for ms, at in moments.items() if (lost := lost_ms(at, ms)) > 1000} == {}
    assert lost_ms(base, given_ms) <= 1000


def snapshot(base: Path, folder: Path) -> Path:
    """Copy what a kill at this moment would leave; the body last, as it may only run ahead of the tail."""
    folder.mkdir()
    for path in (tail_path(base), header_path(base), body_path(base)):
        shutil.copyfile(path, folder / path.name)
    return folder / base.name


async def test_a_recorder_that_waits_for_the_disk_tells_how_far_it_is_behind(
    recorder: SealedRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recorder.lag() == {"queued": 0.0, "unsynced": 0.0, "sync": 0.0}
    waits, goes_on = threading.Event(), threading.Event()
    sync_together = durable_writer.sync_together

    def slow(staged: Sequence[DurableWriter]) -> None:
        waits.set()
        assert goes_on.wait(10)
        sync_together(staged)

    monkeypatch.setattr(track_writer, "sync_together", slow)
    sink = recorder.begin("room", "part", kinds=BOTH)
    sink.audio(0, b"opus")
    await until(waits.is_set)
    sink.audio(20, b"opus")
    await until(lambda: recorder.lag()["queued"] > 0.3)
    assert recorder.lag()["unsynced"] > 0.3
    goes_on.set()
    await until(lambda: recorder.lag()["sync"] > 0.3)
    await until(lambda: recorder.lag()["queued"] == 0.0)
    assert recorder.lag()["unsynced"] < 5
    await sink.finish()
