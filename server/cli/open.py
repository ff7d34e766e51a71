"""`parloir open`: what a supervisor runs on their own computer to open downloaded files."""

import argparse
import os
import sys
from pathlib import Path
from typing import BinaryIO

from recordings.age_keys import Identity, parse_identity
from recordings.errors import KeyMalformed, SealedFileError
from recordings.salvage import Salvaged, salvage_download
from server.errors import SettingError

SUFFIX, TAIL_SUFFIX = ".age", ".tail"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The key file and the downloads."""
    text = "a file with an AGE-SECRET-KEY-... inside"
    parser.add_argument("-i", "--identity", type=Path, required=True, metavar="IDENTITY", help=text)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="where to write; default: beside the file"
    )
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE.age", help="a tail (FILE.tail) is found beside it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Open each file; one that a crash cut is joined with its tail."""
    identities = _identities(arguments.identity)
    all_is_well = True
    for file in arguments.files:
        if not file.name.endswith(TAIL_SUFFIX):
            all_is_well &= _open(file, arguments.output or file.parent, identities)
    return 0 if all_is_well else 1


def _open(file: Path, folder: Path, identities: list[Identity]) -> bool:
    target = folder / file.name.removesuffix(SUFFIX)
    if target == file:
        raise SettingError(str(file), f"the name of a sealed file ends with {SUFFIX}")
    if not file.is_file():
        raise SettingError(str(file), "there is no such file")
    tail = file.with_name(target.name + TAIL_SUFFIX)
    try:
        with _new_file(target) as sink:
            found = salvage_download(file, tail, identities, sink)
    except SealedFileError as error:
        target.unlink()
        sys.stderr.write(f"{file}: {error}\n")
        return False
    except OSError as error:
        raise SettingError(str(error.filename or file), error.strerror or "cannot be used") from None
    return _told(target, found)


def _told(target: Path, found: Salvaged) -> bool:
    sys.stdout.write(f"{target}: {found.plaintext_bytes} bytes")
    if found.problem is not None:
        sys.stdout.write(f", and no more: {found.problem}\n")
        return False
    sys.stdout.write("\n" if found.is_finished else ", up to where a crash cut it\n")
    return True


def _new_file(path: Path) -> BinaryIO:
    """Make a private file; one that exists is never overwritten."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _identities(path: Path) -> list[Identity]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines()]
        found = [parse_identity(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise SettingError("--identity", f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, KeyMalformed):
        raise SettingError("--identity", f"{path}: this is no file of age identities") from None
    if not found:
        raise SettingError("--identity", f"{path}: no identity stands in it")
    return found
