"""Migrations: Alembic configured in code, run at start and by `parloir migrate`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

HERE = Path(__file__).parent
CONNECTION = "connection"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the connection to work on."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes[CONNECTION] = connection
    return config


async def upgrade(engine: AsyncEngine) -> None:
    """Bring a database to the newest revision, in one transaction."""
    async with engine.begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(configuration(plain), "head"))


async def present_revision(engine: AsyncEngine) -> str | None:
    """Give the revision that a database is at; None when it is empty."""
    async with engine.connect() as connection:
        return await connection.run_sync(
            lambda plain: MigrationContext.configure(plain).get_current_revision()
        )


def newest_revision() -> str | None:
    """Give the revision that this version of the program wants."""
    return ScriptDirectory.from_config(configuration()).get_current_head()
