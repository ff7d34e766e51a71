"""`parloir serve`: the web process with its media node, until it is told to stop."""

import argparse
import asyncio
import signal
import socket
import sys
from dataclasses import replace

import uvloop
from aiohttp import web

from server import keys, logs
from server.app import create_app
from server.app_keys import MEDIA
from server.cli.options import add_settings, settings_of
from server.errors import SettingError
from server.recipients import keyring_of
from server.settings import Address, Settings, check_data_folder

BACKLOG = 128
SHUTDOWN_SECONDS = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the settings as flags."""
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check everything that can be checked, then serve."""
    logs.configure()
    settings = settings_of(arguments)
    check_data_folder(settings.data)
    secrets = keys.derive(keys.read_master(settings.keys))
    keyring = keyring_of(settings.keys)
    with listen(settings.listen) as listener:
        settings = with_bound_port(settings, listener)
        uvloop.run(serve(create_app(settings, secrets, keyring), settings, listener))
    return 0


def listen(address: Address) -> socket.socket:
    """Bind the socket; a port in use is a wrong setting."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family, backlog=BACKLOG)
    except OSError as problem:
        reason = f"cannot listen on {address}: {problem.strerror}"
        raise SettingError("PARLOIR_LISTEN", reason) from None


def with_bound_port(settings: Settings, listener: socket.socket) -> Settings:
    """Give the same settings with the port that was really bound, when any free one was asked for."""
    if settings.listen.port != 0:
        return settings
    bound = Address(settings.listen.host, listener.getsockname()[1])
    url = f"http://{bound}" if settings.url == f"http://{settings.listen}" else settings.url
    return replace(settings, listen=bound, url=url)


async def serve(app: web.Application, settings: Settings, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, then finish what runs."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        app[MEDIA].wake()
        sys.stdout.write(f"Parloir listens on {settings.url}\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await runner.cleanup()
