"""A real coturn on loopback, with a configuration of its own, gone with the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.lossy_road import ROAD
from tests.support.mail_server import make_certificates
from tests.support.web import TURN_SECRET

HOST = "127.0.0.1"
RELAY = "127.0.0.3"  # the address from which it sends to the media node
READY_SECONDS = 10


@asynccontextmanager
async def coturn(folder: Path, port: int) -> AsyncIterator[None]:
    """Run one that takes TLS on this port, as an operator's would on 443, and sends to the road alone."""
    make_certificates(folder)
    settings = (
        f"listening-ip={HOST}",
        f"tls-listening-port={port}",
        f"cert={folder / 'server.pem'}",
        f"pkey={folder / 'server.pem'}",
        f"relay-ip={RELAY}",
        "realm=parloir.test",
        "use-auth-secret",
        f"static-auth-secret={TURN_SECRET}",
        "denied-peer-ip=0.0.0.0-255.255.255.255",
        f"allowed-peer-ip={ROAD}",
        "allow-loopback-peers",
        "no-cli",
        "no-udp",
        "no-tcp",
        "no-dtls",
        "no-rfc5780",
        f"userdb={folder / 'turndb'}",
        f"pidfile={folder / 'turnserver.pid'}",
        "log-file=stdout",
        "verbose",
    )
    path = folder / "turnserver.conf"
    path.write_text("\n".join(settings), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-c", str(path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_SECONDS):
            await process.stdout.readuntil(f"TLS listener opened on : {HOST}:{port}".encode())
        yield
    finally:
        process.terminate()
        await process.communicate()
