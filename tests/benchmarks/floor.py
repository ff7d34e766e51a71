"""The floor: the C relay loop fed with random keys and no handshake, the least that any relay must spend."""

import contextlib
import os
import socket
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.caller import KEY, PROFILE, SALT
from tests.benchmarks.load import Media


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(program: Path, endpoints: int) -> Iterator[tuple[int, list[Media]]]:
    """Start the floor with `endpoints` registered endpoints; gives its process id and their media."""
    size, port = KEY + SALT, _free_port()
    keys = os.urandom(2 * endpoints * size)
    with tempfile.NamedTemporaryFile() as file:
        file.write(keys)
        file.flush()
        argv = [str(program), str(port), str(endpoints), str(size), str(PROFILE), file.name]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
            try:
                assert server.stdout is not None
                server.stdout.readline()
                yield server.pid, [_register(i, port, keys, size) for i in range(endpoints)]
            finally:
                server.kill()


def _register(index: int, port: int, keys: bytes, size: int) -> Media:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(2)
    sock.sendto(b"R" + struct.pack("!H", index), ("127.0.0.1", port))
    sock.recv(16)
    sock.setblocking(False)
    ours, theirs = (keys[(2 * index + k) * size : (2 * index + k + 1) * size] for k in (0, 1))
    return Media(sock=sock, address=("127.0.0.1", port), out_key=ours, in_key=theirs, profile=PROFILE)
