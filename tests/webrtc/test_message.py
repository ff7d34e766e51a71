"""Messages of a browser are taken strictly and refused with a documented code."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webrtc import message
from webrtc.errors import MessageRefused
from webrtc.message import (
    LeaveMessage,
    MediaMessage,
    MissingMessage,
    OfferMessage,
    QualityMessage,
    ReceiveMessage,
    parse_message,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"type": "offer", "sdp": "v=0"}, OfferMessage("v=0")),
        ({"type": "media", "audio": True, "video": False}, MediaMessage(audio=True, video=False)),
        ({"type": "quality", "rtt_ms": 12, "loss": 0.5}, QualityMessage({"rtt_ms": 12.0, "loss": 0.5})),
        ({"type": "receive", "video": False}, ReceiveMessage(video=False)),
        ({"type": "missing"}, MissingMessage()),
        ({"type": "leave"}, LeaveMessage()),
    ],
)
def test_each_message_is_understood(raw: object, expected: object) -> None:
    assert parse_message(raw) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "not_an_object"),
        ([], "not_an_object"),
        ({}, "unknown_type"),
        ({"type": "admit"}, "unknown_type"),
        ({"type": ["offer"]}, "unknown_type"),
        ({"type": "offer"}, "missing_field"),
        ({"type": "offer", "sdp": 1}, "wrong_type"),
        ({"type": "offer", "sdp": "v" * 65_537}, "too_large"),
        ({"type": "offer", "sdp": "v", "role": "supervisor"}, "unexpected_field"),
        ({"type": "media", "audio": 1, "video": True}, "wrong_type"),
        ({"type": "media", "audio": True, "video": "yes"}, "wrong_type"),
        ({"type": "media", "audio": True}, "missing_field"),
        ({"type": "leave", "why": "x"}, "unexpected_field"),
        ({"type": "missing", "packets": 3}, "unexpected_field"),
        ({"type": "receive", "video": 1}, "wrong_type"),
        ({"type": "receive"}, "missing_field"),
        ({"type": "quality", "x": True}, "wrong_type"),
        ({"type": "quality", "x": "1"}, "wrong_type"),
        ({"type": "quality", "x": float("nan")}, "wrong_type"),
        ({"type": "quality", "x": 10**400}, "wrong_type"),
        ({"type": "quality", "x" * 41: 1}, "too_large"),
        ({"type": "quality", **{str(n): n for n in range(33)}}, "too_large"),
    ],
)
def test_anything_else_is_refused_with_its_code(raw: object, code: str) -> None:
    with pytest.raises(MessageRefused) as refusal:
        parse_message(raw)
    assert refusal.value.code == code


@given(
    json_values
    | st.fixed_dictionaries({"type": st.sampled_from(["offer", "media", "receive", "quality", "leave"])})
)
def test_no_json_value_does_anything_but_parse_or_be_refused(raw: object) -> None:
    try:
        parse_message(raw)
    except MessageRefused as error:
        code = error.code
    else:
        return
    assert f"`{code}`" in PROTOCOL


PROTOCOL = (Path(message.__file__).parent / "PROTOCOL.md").read_text(encoding="utf-8")


def test_every_type_is_documented() -> None:
    for kind in ("offer", "media", "receive", "quality", "leave"):
        assert json.dumps(kind) in PROTOCOL


@pytest.mark.parametrize(("said", "bars"), [(4, 4), (0, 0), (2.5, None), (5, None), (-1, None)])
def test_a_line_is_judged_in_five_steps(said: float, bars: int | None) -> None:
    assert QualityMessage({"bars": said}).bars == bars


def test_a_judgement_may_be_missing() -> None:
    assert QualityMessage({"rtt_ms": 3.0}).bars is None
