"""What must hold of the opened files: each recording shows its side, the transcript says what was said."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from server.rehearsal import tone
from server.rehearsal.card import Side
from server.rehearsal.errors import FoundWrong
from server.rehearsal.opening import Watched, document_of, ending_of, watch

LEAST_READ: Final = 0.9  # of the pictures show a whole card
LEAST_TONE: Final = 0.8  # of the windows hold the tone
MOST_DRIFT_MS: Final = 700  # between the time on the card and the place in the recording
MARGIN_MS: Final = 1_500  # a frame may be on its way when the recording starts or stops


@dataclass
class Told:
    """What went in, and from when to when it was recorded (milliseconds of the rehearsal)."""

    minutes: list[str] = field(default_factory=list)
    note: str = ""
    reasons: str = ""
    outcome: str = ""
    evidence: bytes = b""
    evidence_id: str = ""
    from_ms: int = 0
    to_ms: int = 0


def check_recordings(opened: list[bytes], told: Told) -> list[Watched]:
    """Find one recording of each side, with its own card at plausible times and its own tone."""
    watched = [watch(content) for content in opened if ending_of(content) == ".webm"]
    sides = {_check_side(one, told) for one in watched}
    if sides != set(Side):
        missing = ", ".join(side.name.lower() for side in sorted(set(Side) - sides))
        raise FoundWrong(f"no recording shows the card of the {missing}")
    return watched


def check_transcript(opened: list[bytes], told: Told) -> None:
    """Find the minutes, the evidence and the outcome in the transcript, and the evidence beside it."""
    transcript = document_of(opened, "transcript")
    statements = [statement["text"] for statement in transcript["minutes"]["statements"]]
    if statements != told.minutes:
        raise FoundWrong("the transcript does not hold the minutes that were taken")
    _check_evidence(transcript, opened, told)
    outcome = transcript["outcome"] or {}
    if (outcome.get("value"), outcome.get("reasons")) != (told.outcome, told.reasons):
        raise FoundWrong("the transcript does not hold the outcome that was concluded")
    if outcome.get("evidence") != [told.evidence_id]:
        raise FoundWrong("the outcome in the transcript does not rest on the evidence that was cited")


def _check_evidence(transcript: dict[str, Any], opened: list[bytes], told: Told) -> None:
    items = [item for item in transcript["evidence"] if item["id"] == told.evidence_id]
    digest = hashlib.sha256(told.evidence).hexdigest()
    if not items or (items[0]["file"] or {}).get("sha256") != digest or items[0]["note"] != told.note:
        raise FoundWrong("the transcript does not hold the evidence that was taken, with its digest")
    if told.evidence not in opened:
        raise FoundWrong("no opened file is the picture that was taken as evidence")


def _check_side(watched: Watched, told: Told) -> Side:
    readings = [(one.pts_ms, one.reading) for one in watched.pictures if one.reading is not None]
    if not readings or len(readings) < LEAST_READ * len(watched.pictures):
        raise FoundWrong(f"{len(readings)} of {len(watched.pictures)} recorded pictures show a card")
    sides = {reading.side for _, reading in readings}
    if len(sides) > 1:
        raise FoundWrong("one recording shows the cards of both sides")
    (side,) = sides
    times = [reading.elapsed_ms for _, reading in readings]
    if min(times) < told.from_ms - MARGIN_MS or max(times) > told.to_ms + MARGIN_MS:
        raise FoundWrong(f"the {side.name.lower()}'s card shows times outside the recording")
    offsets = [reading.elapsed_ms - pts_ms for pts_ms, reading in readings]
    if max(offsets) - min(offsets) > MOST_DRIFT_MS:
        drift = max(offsets) - min(offsets)
        raise FoundWrong(f"the {side.name.lower()}'s card and its place in the recording drift by {drift} ms")
    if times != sorted(times):
        raise FoundWrong(f"the {side.name.lower()}'s pictures are out of order")
    if tone.share_with_tone(watched.heard, side) < LEAST_TONE:
        raise FoundWrong(f"the recording of the {side.name.lower()} lacks its tone")
    return side
