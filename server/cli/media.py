"""`parloir media`: a media node, told what to do over an inherited socket."""

import argparse
import gc
import socket

import uvloop

from recordings.track_writer import SealedRecorder
from server import logs
from server.cli.options import add_settings, settings_of
from server.clock import utc_now
from server.errors import SettingError
from server.recipients import keyring_of
from server.settings import RECORDINGS, Settings, check_data_folder
from webrtc.errors import CannotListen
from webrtc.node import NodeSettings, run_node


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the node's settings and the descriptor of its control socket."""
    add_settings(parser, "data", "keys", "media", "media_address", "nodes")
    parser.add_argument(
        "--control-fd", type=int, required=True, metavar="N", help="descriptor of the control socket"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until the web process says stop or is gone; every recording is finished before."""
    logs.configure()
    settings = settings_of(arguments)
    check_data_folder(settings.data)
    recorder = SealedRecorder(settings.data / RECORDINGS, keyring_of(settings.keys))
    try:
        _serve(settings, _control(arguments.control_fd), recorder)
    except CannotListen as refusal:
        raise SettingError("PARLOIR_MEDIA", str(refusal)) from None
    finally:
        recorder.close()
    return 0


def _serve(settings: Settings, control: socket.socket, recorder: SealedRecorder) -> None:
    media = NodeSettings(settings.media.host, settings.media.port, settings.media_address)
    gc.collect()
    gc.freeze()
    uvloop.run(run_node(control, media, recorder=recorder, clock=utc_now))


def _control(descriptor: int) -> socket.socket:
    try:
        return socket.socket(fileno=descriptor)
    except OSError as problem:
        raise SettingError("--control-fd", f"{descriptor} is no socket: {problem.strerror}") from None
