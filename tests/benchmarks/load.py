"""The C load generator as Python sees it: build it, fill endpoints, run it, and read a process's CPU time."""

import ctypes
import os
import socket
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("srtp_load.c")
VIDEO_BYTES, AUDIO_BYTES = 1072, 110
VIDEO_TYPE, AUDIO_TYPE, AUDIO_SSRC = 96, 111, 0x10000
PACKETS_A_CALL = 328
"""Packets a second of one 1:1 call, both ways together, a third of them audio; measured in browsers."""


class Wiring(ctypes.Structure):
    """How one endpoint sends; the order is that of `wiring` in srtp_load.c."""

    _fields_ = (
        ("fd", ctypes.c_int32),
        ("address", ctypes.c_uint32),
        ("port", ctypes.c_uint32),
        ("video_ssrc", ctypes.c_uint32),
        ("audio_ssrc", ctypes.c_uint32),
        ("video_type", ctypes.c_uint32),
        ("audio_type", ctypes.c_uint32),
        ("mid_id", ctypes.c_uint32),
        ("twcc_id", ctypes.c_uint32),
        ("video_mid", ctypes.c_char * 4),
        ("audio_mid", ctypes.c_char * 4),
        ("stun", ctypes.c_uint8 * 256),
        ("stun_size", ctypes.c_uint32),
    )


@dataclass(frozen=True)
class Media:
    """What one endpoint needs to send and receive SRTP: keys are master key and salt joined."""

    sock: socket.socket
    address: tuple[str, int]
    out_key: bytes
    in_key: bytes
    profile: int
    mid_id: int = 0
    twcc_id: int = 0
    consent: bytes = b""


@dataclass(frozen=True)
class Sample:
    """One run of the load against one server: CPU and delay per packet that came back."""

    sent: int
    received: int
    bad: int
    cpu_us_per_packet: float
    cpu_share: float
    p50_ms: float
    p99_ms: float
    worst_ms: float

    @property
    def lost(self) -> float:
        """Share of the packets sent that never came back."""
        return 1 - self.received / self.sent


def build() -> tuple[Path, Path]:
    """Compile the library and the floor program into a temporary folder; needs gcc and libsrtp2-dev."""
    folder = Path(tempfile.mkdtemp(prefix="parloir-load-"))
    library, floor = folder / "libload.so", folder / "floor"
    common = ["gcc", "-O2", str(SOURCE), "-o"]
    subprocess.run([*common, str(library), "-shared", "-fPIC", "-lsrtp2"], check=True)  # noqa: S603
    subprocess.run([*common, str(floor), "-DFLOOR", "-lsrtp2"], check=True)  # noqa: S603
    return library, floor


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, from the scheduler's own clock."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            continue
    return total / 1e9


class Load:
    """A set of endpoints that send the real mix and answer like browsers."""

    def __init__(self, library: Path, media: list[Media]) -> None:
        self._c = ctypes.CDLL(str(library))
        self._c.load_run.restype = ctypes.c_double
        self._c.load_new.restype = ctypes.c_void_p
        self._count = len(media)
        self._ends = ctypes.c_void_p(self._c.load_new(self._count))
        for index, one in enumerate(media):
            wiring = ctypes.byref(_wiring(index, one))
            if self._c.load_wire(self._ends, index, wiring, one.out_key, one.in_key, one.profile):
                raise RuntimeError("libsrtp refused the keys")

    def _totals(self) -> list[int]:
        totals = (ctypes.c_uint64 * 3)()
        self._c.load_totals(self._ends, self._count, totals)
        return list(totals)

    def measure(self, pid: int, *, calls: int, seconds: float) -> Sample:
        """Run the load for `seconds` after one second of warming, and charge `pid` for it."""
        rate = float(PACKETS_A_CALL * calls)
        self._run(rate, 1.0)
        delays = (ctypes.c_double * 4)()
        self._c.load_delays(delays)
        before, cpu = self._totals(), cpu_seconds(pid)
        took = self._run(rate, seconds)
        after, spent = self._totals(), cpu_seconds(pid) - cpu
        self._c.load_delays(delays)
        sent, received, bad = (b - a for a, b in zip(before, after, strict=True))
        return Sample(
            sent=sent,
            received=received,
            bad=bad,
            cpu_us_per_packet=spent * 1e6 / max(received, 1),
            cpu_share=spent / took,
            p50_ms=delays[0] * 1e3,
            p99_ms=delays[1] * 1e3,
            worst_ms=delays[3] * 1e3,
        )

    def _run(self, rate: float, seconds: float) -> float:
        settle = 0.3
        took = self._c.load_run(
            self._ends,
            self._count,
            ctypes.c_double(rate),
            ctypes.c_double(seconds),
            VIDEO_BYTES,
            AUDIO_BYTES,
        )
        self._c.load_settle(self._ends, self._count, ctypes.c_double(settle))
        return float(took) + settle


def _wiring(index: int, one: Media) -> Wiring:
    wiring = Wiring()
    wiring.fd = one.sock.fileno()
    wiring.address = struct.unpack("=I", socket.inet_aton(one.address[0]))[0]
    wiring.port = one.address[1]
    wiring.audio_ssrc, wiring.video_ssrc = AUDIO_SSRC + 2 * index, AUDIO_SSRC + 2 * index + 1
    wiring.video_type, wiring.audio_type = VIDEO_TYPE, AUDIO_TYPE
    wiring.mid_id, wiring.twcc_id = one.mid_id, one.twcc_id
    wiring.audio_mid, wiring.video_mid = b"0", b"1"
    ctypes.memmove(wiring.stun, one.consent, len(one.consent))
    wiring.stun_size = len(one.consent)
    return wiring


def pin(pid: int, core: int) -> None:
    """Bind a process and its threads to one core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})
