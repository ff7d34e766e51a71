"""`parloir migrate`: bring the database to the newest revision or another, or say where it stands."""

import argparse
import asyncio
import sys

from server.cli.options import add_settings, settings_of
from server.database import create_engine
from server.errors import SettingError
from server.migrations import UnknownRevision, migrate_to, newest_revision, present_revision, upgrade
from server.settings import check_data_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--check` changes nothing, `--to` goes back too."""
    add_settings(parser, "data", "keys", "database")
    wish = parser.add_mutually_exclusive_group()
    wish.add_argument(
        "--to",
        metavar="REVISION",
        help="go to this revision, `base` for an empty database; going back drops what later ones added",
    )
    wish.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when the database is behind"
    )


def run(arguments: argparse.Namespace) -> int:
    """Migrate, or only compare."""
    settings = settings_of(arguments)
    check_data_folder(settings.data)
    revision = asyncio.run(_migrate(settings.database, only_check=arguments.check, to=arguments.to))
    newest = newest_revision()
    sys.stdout.write(f"database at {revision or 'no revision'}, program at {newest}\n")
    return 0 if revision == newest or arguments.to else 1


async def _migrate(database: str, *, only_check: bool, to: str | None) -> str | None:
    engine = create_engine(database)
    try:
        if to is not None:
            await migrate_to(engine, to)
        elif not only_check:
            await upgrade(engine)
        return await present_revision(engine)
    except UnknownRevision as refusal:
        raise SettingError("PARLOIR_DATABASE" if to is None else "--to", str(refusal)) from None
    finally:
        await engine.dispose()
