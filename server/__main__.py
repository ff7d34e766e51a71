"""The command line `parloir`: one table of commands, one module each in `server/cli`."""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol, cast

from server.errors import DatabaseAway, SettingError
from server.packet_path import prefer_compiled

COMMANDS = {
    "serve": "run the web process and its media node",
    "media": "run a media node on its own",
    "demo": "run a complete throw-away instance with a sign-in link per role",
    "rehearse": "hold one whole interview for real and report each step",
    "init": "make the folders, the secret and the database of a new instance",
    "migrate": "bring the database to the newest revision",
    "user": "add accounts and renew passwords",
    "open": "open downloaded files with a supervisor's key",
    "keys": "show and add the recipients that recordings are sealed to",
}
USAGE_ERROR = 2


class Command(Protocol):
    """What a module of `server/cli` offers."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One clear line and exit 2."""
        self.exit(USAGE_ERROR, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is 0 (ok), 1 (found wrong) or 2 (bad usage or setting)."""
    prefer_compiled()
    words = list(sys.argv[1:] if words is None else words)
    available = {name: text for name, text in COMMANDS.items() if _exists(name)}
    parser = _Parser(prog="parloir", description="Identification interviews by videoconference.")
    choices = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    commands: dict[str, Command] = {}
    for name, text in available.items():
        below = choices.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in words[:1]:
            commands[name] = cast("Command", importlib.import_module(f"server.cli.{name}"))
            commands[name].add_arguments(below)
    arguments = parser.parse_args(words)
    try:
        return commands[arguments.command].run(arguments)
    except SettingError as refusal:
        sys.stderr.write(f"parloir: {refusal}\n")
        return USAGE_ERROR
    except DatabaseAway as problem:
        sys.stderr.write(f"parloir: PARLOIR_DATABASE: the database cannot be reached: {problem}\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 130


def _exists(name: str) -> bool:
    return importlib.util.find_spec(f"server.cli.{name}") is not None


if __name__ == "__main__":
    sys.exit(main())
