"""`parloir migrate`: bring the database to the newest revision, or say where it stands."""

import argparse
import asyncio
import sys

from server.cli.options import add_settings, settings_of
from server.database import create_engine
from server.migrations import newest_revision, present_revision, upgrade
from server.settings import check_data_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--check` changes nothing."""
    add_settings(parser, "data", "keys", "database")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when the database is behind"
    )


def run(arguments: argparse.Namespace) -> int:
    """Migrate, or only compare."""
    settings = settings_of(arguments)
    check_data_folder(settings.data)
    return asyncio.run(_migrate(settings.database, only_check=arguments.check))


async def _migrate(database: str, *, only_check: bool) -> int:
    engine = create_engine(database)
    try:
        if not only_check:
            await upgrade(engine)
        revision, newest = await present_revision(engine), newest_revision()
    finally:
        await engine.dispose()
    sys.stdout.write(f"database at {revision or 'no revision'}, program at {newest}\n")
    return 0 if revision == newest else 1
