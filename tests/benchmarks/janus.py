"""Janus's echo test as the peer to compare with: relaying only, one handle per endpoint."""

import asyncio
import contextlib
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

PLUGINS, TRANSPORTS = "/usr/lib/x86_64-linux-gnu/janus/plugins", "/usr/lib/x86_64-linux-gnu/janus/transports"
UNUSED = "audiobridge duktape lua nosip recordplay sip sipre streaming textroom videocall videoroom voicemail"

GENERAL = """
general: {{ configs_folder="{folder}" plugins_folder="{plugins}" transports_folder="{transports}"
  debug_level=2 admin_secret="{secret}" interface="127.0.0.1" session_timeout=0 }}
media: {{ dtls_mtu=1200 }}
nat: {{ full_trickle=false }}
plugins: {{ disable="{disabled}" }}
transports: {{ disable="{other_transports}" }}
"""
HTTP = """general: {{ json="compact" base_path="/janus" http=true port={port} interface="lo" https=false }}
admin: {{ admin_http=false admin_https=false }}
"""


class Janus:
    """A running Janus; `exchange` is what a caller gives its offer to."""

    def __init__(self, pid: int, url: str, http: aiohttp.ClientSession) -> None:
        self.pid, self._url, self._http = pid, url, http
        self._polls: list[asyncio.Task[None]] = []

    async def _ask(self, path: str = "", **body: object) -> dict[str, object]:
        message = {"transaction": secrets.token_hex(6), **body}
        async with self._http.post(self._url + path, json=message) as response:
            return dict(await response.json())

    async def exchange(self, offer: str) -> str:
        """Echo test of audio and video for this offer; returns the answer."""
        session = await self._made(janus="create")
        handle = await self._made(f"/{session}", janus="attach", plugin="janus.plugin.echotest")
        await self._ask(
            f"/{session}/{handle}",
            janus="message",
            body={"audio": True, "video": True},
            jsep={"type": "offer", "sdp": offer, "trickle": False},
        )
        while True:
            async with self._http.get(f"{self._url}/{session}?maxev=1") as response:
                event = await response.json()
            if "jsep" in event:
                return str(event["jsep"]["sdp"])

    async def _made(self, path: str = "", **body: object) -> str:
        answer = await self._ask(path, **body)
        data = answer.get("data")
        if isinstance(data, dict):
            return str(data["id"])
        raise RuntimeError(f"Janus says {answer}")


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Janus]:
    """Start Janus on a free port with a throw-away configuration."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="parloir-janus-") as folder:
        general = GENERAL.format(
            folder=folder,
            plugins=PLUGINS,
            transports=TRANSPORTS,
            secret=secrets.token_hex(8),
            disabled=_libraries(UNUSED),
            other_transports=_libraries("mqtt nanomsg pfunix rabbitmq websockets"),
        )
        await asyncio.to_thread(Path(folder, "janus.jcfg").write_text, general)
        await asyncio.to_thread(Path(folder, "janus.transport.http.jcfg").write_text, HTTP.format(port=port))
        log = asyncio.subprocess.DEVNULL
        server = await asyncio.create_subprocess_exec("janus", "-F", folder, stdout=log, stderr=log)
        try:
            async with aiohttp.ClientSession() as http:
                url = f"http://127.0.0.1:{port}/janus"
                await _until_up(http, url)
                yield Janus(server.pid, url, http)
        finally:
            server.kill()
            await server.wait()


def _libraries(names: str) -> str:
    return ",".join(f"libjanus_{name}.so" for name in names.split())


async def _until_up(http: aiohttp.ClientSession, url: str) -> None:
    for _ in range(100):
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with http.get(f"{url}/info"):
                return
        await asyncio.sleep(0.1)
    raise TimeoutError("Janus did not start")
