"""The flags that several commands share: the settings, by the names of their variables."""

import argparse
import os

from server.settings import DEFAULT_LISTEN, DEFAULT_MEDIA, NAMES, Settings, read_settings, variable

_HELP = {
    "data": ("FOLDER", "the data folder"),
    "keys": ("FOLDER", "the keys folder, outside the data folder"),
    "listen": ("HOST:PORT", f"where browsers reach the web process (default {DEFAULT_LISTEN})"),
    "media": ("HOST:PORT", f"the address of the media nodes, UDP and TCP (default {DEFAULT_MEDIA})"),
    "media_address": ("IP", "the address told to browsers for media (default: that of --media)"),
    "nodes": ("N", "how many media nodes run, on this port and the next ones (default 1)"),
    "url": ("URL", "the public address (default: http:// and that of --listen)"),
    "database": ("URL", "sqlite:///PATH or postgresql://... (default: parloir.db in the data folder)"),
    "proxy": ("IP", "the reverse proxy whose X-Forwarded-For is believed (default: none)"),
    "smtp": (
        "URL",
        "the mail server: smtp+starttls://USER@HOST:587, smtps://... (default: none)",
    ),
    "mail_from": ("ADDRESS", "the address that mails and invitations come from"),
    "turn": ("ADDRESSES", "TURN relays: turns:HOST:443?transport=tcp, turn:HOST (default: none)"),
}


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add the flags of these settings, or of all."""
    for name in names or NAMES:
        metavar, text = _HELP[name]
        help_text = f"{text}; or {variable(name)}"
        parser.add_argument(f"--{name.replace('_', '-')}", metavar=metavar, help=help_text)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Give the settings of the flags and the environment."""
    return read_settings(os.environ, {name: getattr(arguments, name, None) for name in NAMES})
