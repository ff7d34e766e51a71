"""`parloir keys`: show and add the recipients that everything is sealed to."""

import argparse
import json
import sys

from recordings.keyring import Duty
from server.cli.options import add_settings, settings_of
from server.recipients import add_holder, holder_of, keyring_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list` and `add`."""
    acts = parser.add_subparsers(title="acts", dest="act", metavar="ACT", required=True)
    shown = acts.add_parser("list", help="show duty, holder and fingerprint of each key")
    shown.add_argument("--json", action="store_true", help="for machines")
    added = acts.add_parser("add", help="seal to one more key from the next file on")
    added.add_argument("duty", choices=[str(duty) for duty in Duty])
    added.add_argument("name", metavar="NAME", help="whose key it is, as the page of keys shall say")
    added.add_argument("recipient", metavar="RECIPIENT", help="age1...")
    for act in (shown, added):
        add_settings(act, "data", "keys")


def run(arguments: argparse.Namespace) -> int:
    """Show or add; the secret halves never come near this machine."""
    keys = settings_of(arguments).keys
    if arguments.act == "add":
        holder = holder_of(arguments.duty, arguments.name, arguments.recipient)
        add_holder(keys, holder)
        sys.stdout.write(f"added {holder.duty} {holder.name}: {holder.fingerprint}\n")
        sys.stdout.write("Compare the fingerprint by voice, then restart Parloir.\n")
        return 0
    holders = keyring_of(keys).holders
    rows = [
        {"duty": str(holder.duty), "name": holder.name, "fingerprint": holder.fingerprint}
        for holder in holders
    ]
    if arguments.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{row['duty']:10}  {row['fingerprint']}  {row['name']}\n" for row in rows)
    return 0
