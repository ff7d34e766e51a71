"""What went in must come out: each wrong recording or transcript is found, and named."""

import hashlib
import io
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from server.rehearsal import card, tone
from server.rehearsal.card import Side
from server.rehearsal.errors import FoundWrong
from server.rehearsal.findings import Told, check_recordings, check_transcript
from server.rehearsal.picture import png_of

BEGAN_MS, SECONDS = 10_000, 2
EVIDENCE = png_of(Side.CENTRE, 4_000)


def recording_of(
    side: Side,
    *,
    sounds_like: Side | None = None,
    shows: Callable[[int], tuple[Side, int]] | None = None,
) -> bytes:
    """Make a recording; `shows` changes whose card stands at a place (ms) and which time it says."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        video = container.add_stream("libvpx", rate=card.FRAMES_PER_SECOND)
        video.width, video.height, video.pix_fmt, video.bit_rate = card.WIDTH, card.HEIGHT, "yuv420p", 300_000
        video.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        audio = container.add_stream("libopus", rate=tone.SAMPLES_PER_SECOND)
        audio.layout = "mono"
        for number in range(SECONDS * card.FRAMES_PER_SECOND):
            at_ms = number * 1000 // card.FRAMES_PER_SECOND
            whose, time_ms = shows(at_ms) if shows else (side, BEGAN_MS + at_ms)
            frame = av.VideoFrame.from_ndarray(card.draw(whose, time_ms), format="yuv420p")
            frame.pts, frame.time_base = number, card.FRAME_TIME
            container.mux(video.encode(frame))
        for first in range(0, SECONDS * tone.SAMPLES_PER_SECOND, 960):
            sound = tone.samples_of(sounds_like or side, first, 960).reshape(1, -1)
            samples = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
            samples.sample_rate, samples.pts = tone.SAMPLES_PER_SECOND, first
            samples.time_base = Fraction(1, tone.SAMPLES_PER_SECOND)
            container.mux(audio.encode(samples))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return file.getvalue()


@pytest.fixture(scope="module")
def post_recording() -> bytes:
    return recording_of(Side.POST)


def told() -> Told:
    return Told(
        minutes=["Où ?", "À Kindia."],
        note="recto",
        reasons="concordant",
        outcome="nationality_confirmed",
        evidence=EVIDENCE,
        evidence_id="e1",
        from_ms=BEGAN_MS,
        to_ms=BEGAN_MS + SECONDS * 1000,
    )


def test_two_recordings_with_their_own_cards_and_tones_hold(post_recording: bytes) -> None:
    watched = check_recordings([recording_of(Side.CENTRE), b"{}", post_recording], told())
    assert [len(one.pictures) for one in watched] == [SECONDS * card.FRAMES_PER_SECOND] * 2
    assert all(len(one.frames) >= 4 for one in watched), "pieces of picture and sound to search for"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sounds_like": Side.POST}, "recording of the centre lacks its tone"),
        ({"shows": lambda at: (Side.CENTRE, BEGAN_MS - 60_000 + at)}, "times outside the recording"),
        ({"shows": lambda at: (Side.CENTRE, BEGAN_MS + 60_000 + at)}, "times outside the recording"),
        ({"shows": lambda _at: (Side.CENTRE, BEGAN_MS)}, "drift by"),
        (
            {"shows": lambda at: (Side.CENTRE, BEGAN_MS + (at + 400 if at % 200 < 100 else at))},
            "out of order",
        ),
        (
            {"shows": lambda at: (Side.CENTRE if at < 1000 else Side.POST, BEGAN_MS + at)},
            "cards of both sides",
        ),
        ({"shows": lambda at: (Side.POST, BEGAN_MS + at), "sounds_like": Side.POST}, "card of the centre"),
    ],
)
def test_a_wrong_recording_is_found(changes: dict[str, Any], reason: str, post_recording: bytes) -> None:
    with pytest.raises(FoundWrong, match=reason):
        check_recordings([recording_of(Side.CENTRE, **changes), post_recording], told())


def test_a_recording_without_a_card_is_found(post_recording: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    grey = np.full((card.HEIGHT * 3 // 2, card.WIDTH), 128, dtype=np.uint8)
    monkeypatch.setattr(card, "draw", lambda *_: grey)
    with pytest.raises(FoundWrong, match="0 of 30 recorded pictures show a card"):
        check_recordings([recording_of(Side.CENTRE), post_recording], told())


def test_a_missing_recording_is_found(post_recording: bytes) -> None:
    with pytest.raises(FoundWrong, match="no recording shows the card of the centre"):
        check_recordings([post_recording], told())


def transcript(**changes: Any) -> list[bytes]:
    item = {"id": "e1", "note": "recto", "file": {"sha256": hashlib.sha256(EVIDENCE).hexdigest()}}
    document = {
        "schema": "parloir/transcript/1",
        "minutes": {"statements": [{"text": "Où ?"}, {"text": "À Kindia."}]},
        "evidence": [item],
        "outcome": {"value": "nationality_confirmed", "reasons": "concordant", "evidence": ["e1"]},
    }
    return [json.dumps(document | changes).encode(), EVIDENCE]


def test_a_transcript_with_everything_holds() -> None:
    check_transcript(transcript(), told())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schema": "parloir/timeline/1"}, "no opened file is a transcript"),
        ({"minutes": {"statements": [{"text": "Où ?"}]}}, "minutes"),
        ({"minutes": {"statements": [{"text": "Où ?"}, {"text": "A Kindia."}]}}, "minutes"),
        ({"evidence": []}, "evidence"),
        ({"evidence": [{"id": "e1", "note": "recto", "file": None}]}, "digest"),
        ({"evidence": [{"id": "e1", "note": "recto", "file": {"sha256": "00"}}]}, "digest"),
        ({"outcome": None}, "outcome"),
        ({"outcome": {"value": "inconclusive", "reasons": "concordant", "evidence": ["e1"]}}, "outcome"),
        ({"outcome": {"value": "nationality_confirmed", "reasons": "concordant", "evidence": []}}, "rest on"),
    ],
)
def test_a_wrong_transcript_is_found(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(FoundWrong, match=reason):
        check_transcript(transcript(**changes), told())


def test_evidence_that_was_not_opened_is_found() -> None:
    with pytest.raises(FoundWrong, match="no opened file is the picture"):
        check_transcript(transcript()[:1], told())
