"""The packet path compiled to C from the same source, where a compiler is at hand: optional, a third cheaper.

`make setup` builds it below `build/`, and `parloir` prefers it while it fits the sources. What is not built,
or was built from other sources, runs interpreted.
"""

import contextlib
import hashlib
import io
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import recordings
import webrtc

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "packet_path"
MODULES = (
    "recordings/track_writer",
    "recordings/webm",
    "webrtc/depacketizer",
    "webrtc/downlink",
    "webrtc/feedback",
    "webrtc/forwarder",
    "webrtc/media_clock",
    "webrtc/packet_cache",
    "webrtc/peer",
    "webrtc/rtcp",
    "webrtc/rtp_header",
    "webrtc/srtp_session",
    "webrtc/udp_mux",
    "webrtc/up_track",
    "webrtc/uplink",
    "webrtc/vp8",
)
COMPILED = "the packet path is compiled"
INTERPRETED = "the packet path stays interpreted and costs a third more: gcc and python3-dev compile it"
_MADE_FROM = "made-from"


def prefer_compiled() -> bool:
    """Import the compiled modules from now on, where they fit the sources; says whether they do."""
    if not _fits():
        return False
    if str(BUILT) not in sys.path:
        sys.path.append(str(BUILT))
        for package in (recordings, webrtc):
            package.__path__.insert(0, str(BUILT / package.__name__))
    return True


def build() -> str:
    """Compile what does not fit the sources; gives one line about what came of it."""
    if _fits():
        return COMPILED
    if not shutil.which("cc") or not Path(sysconfig.get_path("include"), "Python.h").exists():
        return INTERPRETED
    from mypyc.build import mypycify  # noqa: PLC0415  of the tools, not of the product
    from setuptools import Distribution  # noqa: PLC0415  as above

    shutil.rmtree(BUILT, ignore_errors=True)
    options = ["--strict", "--explicit-package-bases", "--ignore-missing-imports"]
    remarks = io.StringIO()
    with tempfile.TemporaryDirectory() as objects, contextlib.redirect_stdout(remarks):
        extensions = mypycify(
            [*options, *(f"{module}.py" for module in MODULES)],
            opt_level="3",
            group_name="packet_path",
            target_dir=objects,
        )
        making = Distribution({"name": "packet_path", "ext_modules": extensions}).get_command_obj("build_ext")
        making.build_lib, making.build_temp = str(BUILT), objects
        making.ensure_finalized()
        making.run()
    (BUILT / _MADE_FROM).write_text(_digest())
    return COMPILED


def _fits() -> bool:
    made_from = BUILT / _MADE_FROM
    return made_from.exists() and made_from.read_text() == _digest()


def _digest() -> str:
    """Tell sources and interpreter that compiled modules fit to."""
    digest = hashlib.sha256(sys.version.encode())
    for module in MODULES:
        digest.update((ROOT / f"{module}.py").read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
