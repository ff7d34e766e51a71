"""`parloir init`: the folders, the secret, the recipients, the database and the first administrator."""

import argparse
import asyncio
import sys
from pathlib import Path
from zoneinfo import available_timezones

from sqlalchemy import insert

from recordings.keyring import Duty
from scheduling.actor import Role
from scheduling.identifier import new_id
from scheduling.tables import organisations
from server.accounts import add_account
from server.cli.options import add_settings, settings_of
from server.database import create_engine
from server.errors import SettingError
from server.keys import SECRET_NAME, write_master
from server.migrations import upgrade
from server.passwords import Passwords
from server.recipients import holder_of, write_keyring
from server.settings import Settings, check_data_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, to whom it is sealed, and who administers it."""
    add_settings(parser, "data", "keys", "database")
    for duty in Duty:
        text = f"a {duty} key; may be repeated"
        parser.add_argument(
            f"--{duty}", nargs=2, metavar=("NAME", "RECIPIENT"), action="append", required=True, help=text
        )
    parser.add_argument(
        "--authority", metavar="NAME", required=True, help="the authority that runs this instance"
    )
    parser.add_argument("--country", metavar="CC", required=True, help="its country, ISO 3166, as in BE")
    parser.add_argument("--zone", metavar="ZONE", required=True, help="its time zone, as in Europe/Brussels")
    parser.add_argument("--email", metavar="EMAIL", required=True, help="the first administrator's address")
    parser.add_argument("--name", metavar="NAME", required=True, help="the first administrator's name")


def run(arguments: argparse.Namespace) -> int:
    """Make a new instance; nothing that exists is replaced."""
    settings = settings_of(arguments)
    if arguments.zone not in available_timezones():
        raise SettingError("--zone", f"{arguments.zone!r} is no IANA time zone")
    holders = [
        holder_of(duty, name, recipient) for duty in Duty for name, recipient in getattr(arguments, str(duty))
    ]
    if (settings.keys / SECRET_NAME).exists():
        raise SettingError("PARLOIR_KEYS", f"{settings.keys} holds an instance already")
    _make_folder(settings.keys)
    _make_folder(settings.data)
    check_data_folder(settings.data)
    write_keyring(settings.keys, holders)
    write_master(settings.keys)
    password = asyncio.run(_fill(settings, arguments))
    sys.stdout.write(f"one-time password of {arguments.email}: {password}\n")
    return 0


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingError(str(folder), f"cannot be made: {problem.strerror}") from None


async def _fill(settings: Settings, arguments: argparse.Namespace) -> str:
    engine, passwords = create_engine(settings.database), Passwords()
    try:
        await upgrade(engine)
        async with engine.begin() as session:
            organisation_id = new_id()
            await session.execute(
                insert(organisations).values(
                    id=organisation_id,
                    kind="authority",
                    name=arguments.authority,
                    country=arguments.country.upper(),
                    host_country=arguments.country.upper(),
                    zone=arguments.zone,
                )
            )
            return await add_account(
                session,
                passwords,
                organisation_id=organisation_id,
                role=Role.ADMINISTRATOR,
                name=arguments.name,
                email=arguments.email,
            )
    finally:
        passwords.close()
        await engine.dispose()
