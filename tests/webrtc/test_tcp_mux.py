"""Connections prove themselves or are closed; a slow one is sent less and keeps nobody waiting."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webrtc import stun, tcp_mux, tcp_path
from webrtc.checks import Checks
from webrtc.framing import Deframer, framed
from webrtc.ice_lite import IceLite
from webrtc.tcp_mux import TcpMux
from webrtc.tcp_path import TcpPath

HOST = "127.0.0.1"
PATIENCE_SECONDS = 5.0


class Inmate:
    """A peer that keeps what it is given."""

    def __init__(self) -> None:
        self.ice: IceLite | None = IceLite("them")
        self.received: list[bytes] = []
        self.checks = 0

    def receive(self, datagram: bytes) -> None:
        self.received.append(datagram)

    def checked(self, now: float) -> None:
        assert now
        self.checks += 1

    @property
    def half(self) -> IceLite:
        assert self.ice is not None
        return self.ice

    @property
    def path(self) -> TcpPath:
        assert isinstance(self.half.path, TcpPath)
        return self.half.path

    def check(self, password: str = "", *, required: int = stun.PRIORITY) -> bytes:
        mine = self.half.credentials
        attributes = {stun.USERNAME: f"{mine.ufrag}:them".encode(), required: bytes(4)}
        return stun.build(stun.BINDING_REQUEST, bytes(12), attributes, password or mine.password)


class Port:
    """A listening mux with one peer."""

    def __init__(self) -> None:
        self.checks = Checks()
        self.mux = TcpMux(HOST, 0, self.checks)
        self.inmate = self.add()
        self.address = self.mux._listener.getsockname()
        self.callers: list[Stranger] = []

    def add(self) -> Inmate:
        inmate = Inmate()
        self.checks.register(inmate.half.credentials.ufrag, inmate)
        return inmate

    async def stranger(self, source: str = HOST) -> "Stranger":
        self.callers.append(Stranger(*await asyncio.open_connection(*self.address, local_addr=(source, 0))))
        return self.callers[-1]

    async def proved(self, inmate: Inmate | None = None) -> "Stranger":
        caller = await self.stranger()
        assert (await caller.ask((inmate or self.inmate).check())).message_type == stun.BINDING_RESPONSE
        return caller


class Stranger:
    """The other end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._frames = Deframer()

    def send(self, *datagrams: bytes) -> None:
        self.writer.write(b"".join(map(framed, datagrams)))

    async def ask(self, datagram: bytes) -> stun.StunMessage:
        self.send(datagram)
        return stun.parse(await self.datagram())

    async def datagram(self) -> bytes:
        async with asyncio.timeout(PATIENCE_SECONDS):
            size = int.from_bytes(await self.reader.readexactly(2), "big")
            return await self.reader.readexactly(size)

    async def is_closed_without_a_word(self) -> bool:
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read() == b""
            except ConnectionResetError:
                return True

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def open_port() -> AsyncIterator[Port]:
    port = Port()
    port.mux.start()
    try:
        yield port
    finally:
        port.mux.stop()
        for caller in port.callers:
            caller.writer.transport.abort()
            await caller.close()


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    async with open_port() as port:
        yield port


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not done():  # noqa: ASYNC110 - what is awaited happens in the kernel
            await asyncio.sleep(0.005)


async def test_an_authenticated_check_makes_a_connection_somebodys(port: Port) -> None:
    caller = await port.stranger()
    answer = await caller.ask(port.inmate.check())
    mapped = stun.address_from_xor(answer.attributes[stun.XOR_MAPPED_ADDRESS], answer.transaction_id)
    assert mapped == caller.writer.get_extra_info("sockname")
    assert port.inmate.path.protocol == "tcp"
    caller.send(b"\x16handshake", b"", b"\x80media")
    await until(lambda: len(port.inmate.received) == 2)
    assert port.inmate.received == [b"\x16handshake", b"\x80media"]
    port.inmate.path.send(b"\x80back")
    assert await caller.datagram() == b"\x80back"
    assert (port.inmate.checks, port.mux.received, port.mux.dropped) == (1, 3, 0)


@pytest.mark.parametrize(
    "first",
    [
        b"\x16\xfe\xfdhello, this is DTLS",
        b"\x80\x60media of somebody",
        b"\x00\x01",
        b"GET / HTTP/1.1\r\nHost: parloir\r\n\r\n",
        stun.build(stun.BINDING_REQUEST, bytes(12), {stun.USERNAME: b"nobody:them"}, "x"),
    ],
    ids=["dtls", "media", "cut check", "http", "unknown fragment"],
)
async def test_what_comes_first_and_proves_nothing_closes_without_an_answer(port: Port, first: bytes) -> None:
    caller = await port.stranger()
    caller.send(first, port.inmate.check())
    assert await caller.is_closed_without_a_word()
    assert port.inmate.half.paths == ()
    assert port.mux.dropped == 1


async def test_a_wrong_password_or_a_response_proves_nothing(port: Port) -> None:
    response = bytearray(port.inmate.check())
    response[0] = 1
    for first in (port.inmate.check("wrong"), bytes(response)):
        caller = await port.stranger()
        caller.send(first)
        assert await caller.is_closed_without_a_word()
    assert port.inmate.half.path is None


async def test_a_check_that_asks_for_the_unknown_is_told_so_and_proves_nothing(port: Port) -> None:
    caller = await port.stranger()
    answer = await caller.ask(port.inmate.check(required=0x7777))
    assert answer.message_type == stun.BINDING_ERROR
    assert await caller.is_closed_without_a_word()
    assert port.inmate.half.path is None


async def test_a_connection_stays_with_its_peer(port: Port) -> None:
    caller, other = await port.proved(), port.add()
    caller.send(other.check(), other.check("wrong"), b"\x00garbage", b"\x80media")
    await until(lambda: port.inmate.received)
    assert other.half.paths == ()
    assert other.received == []
    assert port.inmate.received == [b"\x80media"]


async def test_who_says_nothing_is_closed_in_time_and_so_is_who_says_it_slowly(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(tcp_mux, "monotonic", lambda: now)
    silent, slow, proved = await port.stranger(), await port.stranger(), await port.proved()
    for byte in framed(port.inmate.check())[:-1]:
        slow.writer.write(bytes([byte]))
        await slow.writer.drain()
    port.mux.tick(now + tcp_mux.PROVE_SECONDS - 0.1)
    assert len(port.mux._unproved) == 2
    port.mux.tick(now + tcp_mux.PROVE_SECONDS)
    for caller in (silent, slow):
        assert await caller.is_closed_without_a_word()
    proved.send(b"\x80media")
    await until(lambda: port.inmate.received)


async def test_a_check_may_come_byte_by_byte(port: Port) -> None:
    caller = await port.stranger()
    for byte in framed(port.inmate.check()):
        caller.writer.write(bytes([byte]))
        await asyncio.sleep(0)
    assert stun.parse(await caller.datagram()).message_type == stun.BINDING_RESPONSE


async def test_one_address_has_a_few_unproved_connections_and_others_come_in(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp_mux, "MAX_UNPROVED_OF_ADDRESS", 3)
    patient = [await port.stranger() for _ in range(3)]
    await until(lambda: len(port.mux._unproved) == 3)
    refused = await port.stranger()
    assert await refused.is_closed_without_a_word()
    elsewhere = await port.stranger("127.0.0.3")
    await elsewhere.ask(port.inmate.check())
    await patient[0].ask(port.inmate.check())
    await patient[1].close()
    await until(lambda: len(port.mux._unproved) == 1)
    assert port.mux._of_address == {HOST: 1}
    again = await port.stranger()
    await again.ask(port.inmate.check())


async def test_too_many_from_everywhere_cost_the_oldest_not_who_comes(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp_mux, "MAX_UNPROVED", 4)
    crowd = [await port.stranger(f"127.0.0.{number}") for number in range(3, 9)]
    await until(lambda: port.mux.dropped == 2)
    newcomer = await port.proved()
    assert await crowd[0].is_closed_without_a_word()
    assert port.inmate.path.address == newcomer.writer.get_extra_info("sockname")
    assert len(port.mux._unproved) <= 4


@pytest.mark.parametrize("size", [2049, 0xFFFF])
async def test_a_frame_that_is_too_long_closes_even_a_proved_connection(port: Port, size: int) -> None:
    caller = await port.proved()
    caller.writer.write(struct.pack("!H", size))
    assert await caller.is_closed_without_a_word()
    assert port.inmate.half.path is None


async def test_a_peer_whose_connection_ends_goes_on_by_another(port: Port) -> None:
    first = await port.proved()
    path = port.inmate.path
    second = await port.proved()
    first.writer.transport.abort()
    await until(lambda: port.inmate.path is not path)
    port.inmate.path.send(b"\x80on")
    assert await second.datagram() == b"\x80on"
    await second.close()
    await until(lambda: port.inmate.half.path is None)
    path.send(b"\x80late")
    assert port.mux._proved == set()


async def test_a_path_that_its_peer_lets_go_is_closed(port: Port) -> None:
    caller = await port.proved()
    port.inmate.path.send(b"\x15goodbye")
    port.inmate.path.close()
    assert await caller.datagram() == b"\x15goodbye"
    assert await caller.is_closed_without_a_word()
    assert port.mux._proved == set()
    assert port.mux.received == 1


async def test_everything_closes_with_the_node() -> None:
    async with open_port() as port:
        stranger, caller = await port.stranger(), await port.proved()
        await until(lambda: port.mux._unproved)
        port.mux.stop()
        for each in (stranger, caller):
            assert await each.is_closed_without_a_word()
        with pytest.raises(ConnectionRefusedError):
            await port.stranger()


async def test_without_descriptors_connections_wait_for_some(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp_mux, "NO_DESCRIPTOR_SECONDS", 0.05)
    real, failures = port.mux._listener, []

    class Exhausted:
        def accept(self) -> None:
            failures.append(1)
            port.mux._listener = real
            raise OSError(24, "Too many open files")

        def fileno(self) -> int:
            return real.fileno()

    monkeypatch.setattr(port.mux, "_listener", Exhausted())
    await port.proved()
    assert failures == [1]


async def test_a_slow_receiver_is_sent_no_more_video_than_it_takes_and_hears_the_newest(port: Port) -> None:
    caller = await port.proved()
    caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
    path, full = port.inmate.path, 0
    for number in range(6000):
        full += path.is_full
        path.send(b"\x80v" + number.to_bytes(2, "big") + bytes(1200), droppable=True)
        path.send(b"\x80a" + number.to_bytes(2, "big") + bytes(160))
        assert path.waiting_bytes <= 2 * tcp_path.MAX_WAITING_BYTES + 1300
    assert full > 3000
    caller.writer.transport.resume_reading()  # type: ignore[attr-defined]
    heard = -1
    while heard < 5999:
        datagram = await caller.datagram()
        if datagram[1:2] == b"a":
            number = int.from_bytes(datagram[2:4], "big")
            assert number > heard
            heard = number
    await until(lambda: path.waiting_bytes == 0)
    assert not path.is_full
    path.send(b"\x80v again", droppable=True)
    while await caller.datagram() != b"\x80v again":
        pass


async def test_sound_goes_before_the_video_that_waits(port: Port) -> None:
    caller = await port.proved()
    caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
    path = port.inmate.path
    while not path.is_full:
        path.send(b"\x80v" + bytes(1200), droppable=True)
    path.send(b"\x80a")
    waiting = path._waiting_video_bytes
    assert waiting
    caller.writer.transport.resume_reading()  # type: ignore[attr-defined]
    after = 0
    while (await caller.datagram())[:2] != b"\x80a":
        pass
    while path.waiting_bytes or after < waiting - 2000:
        after += len(await caller.datagram())
    assert after >= waiting - 2000


async def test_who_stops_reading_and_vanishes_is_noticed_while_writing(port: Port) -> None:
    caller = await port.proved()
    caller.writer.transport.pause_reading()  # type: ignore[attr-defined]
    path = port.inmate.path
    while not path.is_full:
        path.send(b"\x80v" + bytes(1200), droppable=True)
    caller.writer.transport.abort()
    await until(lambda: port.inmate.half.path is None)
    path.send(b"\x80v", droppable=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=6), st.booleans(), st.randoms())
def test_garbage_is_survived_and_never_answered(
    pieces: list[bytes], framing: bool, chance: random.Random
) -> None:
    async def attack() -> None:
        async with open_port() as port:
            honest = await port.proved()
            stranger = await port.stranger()
            check = bytearray(port.inmate.check())
            check[chance.randrange(len(check))] ^= 1 << chance.randrange(8)
            for piece in (*pieces, bytes(check)):
                stranger.writer.write(framed(piece) if framing else piece)
            stranger.writer.write_eof()
            assert await stranger.is_closed_without_a_word()
            honest.send(b"\x80media")
            await until(lambda: port.inmate.received)
            assert port.inmate.received == [b"\x80media"]
            assert len(port.inmate.half.paths) == 1
            assert port.mux._unproved == {}

    asyncio.run(attack())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("::ffff:192.0.2.7", 1, 0, 0), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1, 0, 0), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1, 0, 2), "fe80::/64"),
    ],
)
def test_an_ipv6_household_counts_as_one_address(address: tuple[object, ...], network: str) -> None:
    assert tcp_mux._network(address) == network


def test_a_taken_port_leaves_nothing_open() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            TcpMux(HOST, taken.getsockname()[1], Checks())
