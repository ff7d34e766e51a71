"""Control frames survive any cut, and a broken one ends the channel."""

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webrtc import control
from webrtc.control import Decoder, encode, open_end
from webrtc.errors import FrameRefused

messages = st.lists(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=20), max_size=4), max_size=5
)


@given(messages, st.integers(1, 30))
def test_messages_are_read_back_however_they_are_cut(sent: list[dict[str, object]], size: int) -> None:
    stream = b"".join(encode(message) for message in sent)
    decoder, received = Decoder(), list[object]()
    for at in range(0, len(stream), size):
        received += decoder.feed(stream[at : at + size])
    assert received == sent


@pytest.mark.parametrize(
    "data",
    [b"\x7f\xff\xff\xff", b"\0\0\0\x02[]", b"\0\0\0\x01{", b"\0\0\0\x02\xff\xff", b"\0\0\0\0"],
    ids=["too long", "no object", "cut", "no UTF-8", "empty"],
)
def test_a_broken_frame_is_refused(data: bytes) -> None:
    with pytest.raises(FrameRefused):
        Decoder().feed(data)


def test_a_message_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(FrameRefused):
        encode({"x": "y" * control.MAX_FRAME_BYTES})


async def test_two_ends_talk_until_one_closes() -> None:
    left_socket, right_socket = socket.socketpair()
    inbox: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    left = await open_end(left_socket, inbox.put_nowait)
    right = await open_end(right_socket, inbox.put_nowait)
    left.send({"n": 1, "é": "ü"})
    assert await inbox.get() == {"n": 1, "é": "ü"}
    right.send({"n": 2})
    assert await inbox.get() == {"n": 2}
    left.close()
    await right.closed.wait()
    right.send({"n": 3})
    await left.closed.wait()


async def test_a_broken_frame_ends_the_channel() -> None:
    left_socket, right_socket = socket.socketpair()
    left_socket.setblocking(False)
    right = await open_end(right_socket, lambda _: None)
    await asyncio.get_running_loop().sock_sendall(left_socket, b"\xff\xff\xff\xff")
    await right.closed.wait()
    left_socket.close()
