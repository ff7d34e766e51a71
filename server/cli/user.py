"""`parloir user`: add an account, renew a password, close an account."""

import argparse
import asyncio
import sys

from scheduling.actor import ACCOUNT_ROLES, Role
from server.accounts import add_account, close_account, organisation_named, renew_password
from server.cli.options import add_settings, settings_of
from server.database import create_engine
from server.passwords import Passwords
from server.settings import check_data_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add`, `password` and `close`."""
    acts = parser.add_subparsers(title="acts", dest="act", metavar="ACT", required=True)
    added = acts.add_parser("add", help="add an account")
    added.add_argument("email", metavar="EMAIL")
    added.add_argument("--name", metavar="NAME", required=True)
    added.add_argument("--role", choices=[str(role) for role in ACCOUNT_ROLES], required=True)
    added.add_argument("--organisation", metavar="NAME", required=True, help="its name or identifier")
    added.add_argument("--language", metavar="LL", default="fr", help="of its screens (default fr)")
    renewed = acts.add_parser("password", help="give an account a new password and end its logins")
    renewed.add_argument("email", metavar="EMAIL")
    for act in (added, renewed):
        act.add_argument("--stdin", action="store_true", help="read the password from standard input")
    closed = acts.add_parser("close", help="close an account and end its logins")
    closed.add_argument("email", metavar="EMAIL")
    for act in (added, renewed, closed):
        add_settings(act, "data", "keys", "database")


def run(arguments: argparse.Namespace) -> int:
    """Do it; a one-time password is printed once and kept nowhere."""
    settings = settings_of(arguments)
    check_data_folder(settings.data)
    given = sys.stdin.readline().rstrip("\n") if getattr(arguments, "stdin", False) else None
    password = asyncio.run(_act(settings.database, arguments, given))
    if password and given is None:
        sys.stdout.write(f"one-time password of {arguments.email}: {password}\n")
    return 0


async def _act(database: str, arguments: argparse.Namespace, given: str | None) -> str:
    engine, passwords = create_engine(database), Passwords()
    try:
        async with engine.begin() as session:
            if arguments.act == "close":
                await close_account(session, arguments.email)
                return ""
            if arguments.act == "password":
                return await renew_password(session, passwords, arguments.email, password=given)
            return await add_account(
                session,
                passwords,
                organisation_id=await organisation_named(session, arguments.organisation),
                role=Role(arguments.role),
                name=arguments.name,
                email=arguments.email,
                language=arguments.language,
                password=given,
            )
    finally:
        passwords.close()
        await engine.dispose()
