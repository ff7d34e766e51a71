"""Sealing as the recorder writes, beside bare ChaCha20-Poly1305 of the same bytes and beside `age` itself.

Bytes a second, into nothing: no disk, and no digest of the file, which the recorder makes besides. The start
of the program, which reads from memory, is in its time.
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from recordings.age_keys import X25519Identity
from recordings.age_stream import CHUNK_BYTES, AgeWriter, chunk_nonce

DEBIAN_PACKAGES = ("age",)
WRITE_BYTES = 62_500  # a cluster of half a second at 1 Mbit/s
MEBIBYTES = int(os.environ.get("MEBIBYTES", "256"))
TURNS = 5


class Nowhere:
    """Takes everything and keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)


async def run() -> dict[str, float]:
    """Seal the same amount three ways by turns; the quickest turn of each counts."""
    return await asyncio.to_thread(_measured)


def _measured() -> dict[str, float]:
    identity = X25519Identity(secrets.token_bytes(32))
    piece, chunk = secrets.token_bytes(WRITE_BYTES), secrets.token_bytes(CHUNK_BYTES)
    ways: dict[str, Callable[[], float]] = {
        "sealed": lambda: _timed(lambda: _seal(identity, piece)),
        "raw": lambda: _timed(lambda: _encrypt(chunk)),
        "age": lambda: _age(identity),
    }
    took = {name: min(way() for _ in range(TURNS)) for name, way in ways.items()}
    for name, seconds in took.items():
        sys.stderr.write(f"{name:7} {MEBIBYTES / seconds:8.0f} MiB a second\n")
    return {"vs_raw": took["raw"] / took["sealed"], "vs_age": took["age"] / took["sealed"]}


def _seal(identity: X25519Identity, piece: bytes) -> None:
    writer = AgeWriter(Nowhere(), [identity.recipient()])
    for _ in range(MEBIBYTES * 1024 * 1024 // len(piece)):
        writer.write(piece)
    writer.finish()


def _encrypt(chunk: bytes) -> None:
    cipher = ChaCha20Poly1305(secrets.token_bytes(32))
    for index in range(MEBIBYTES * 1024 * 1024 // len(chunk)):
        cipher.encrypt(chunk_nonce(index, final=False), chunk, None)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _age(identity: X25519Identity) -> float:
    program = shutil.which("age") or "age"
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        plain = Path(folder, "plain")
        with plain.open("wb") as file:
            for _ in range(MEBIBYTES):
                file.write(secrets.token_bytes(1024 * 1024))
        command = [program, "-r", str(identity.recipient()), "-o", os.devnull, str(plain)]
        return _timed(lambda: subprocess.run(command, check=True))  # noqa: S603
