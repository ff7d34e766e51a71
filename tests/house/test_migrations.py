"""The migrations build exactly what the tables say, step by step and back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

import recordings.tables
import server.tables
from scheduling.columns import metadata
from server.database import create_engine
from server.migrations import configuration, newest_revision, present_revision, upgrade

ROOMS = (recordings.tables, server.tables)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'migrated.db'}")
    yield engine
    await engine.dispose()


async def test_models_equal_migrations(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda plain: compare_metadata(MigrationContext.configure(plain), metadata)
        )
    assert not differences, f"write a migration for: {differences}"


async def test_constraints_of_models_equal_those_of_migrations(engine: AsyncEngine, tmp_path: Path) -> None:
    await upgrade(engine)
    modelled = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'modelled.db'}")
    async with modelled.begin() as connection:
        await connection.run_sync(metadata.create_all)
        wanted = await connection.run_sync(constraints_of)
    await modelled.dispose()
    async with engine.connect() as connection:
        assert await connection.run_sync(constraints_of) == wanted


async def test_an_upgrade_twice_changes_nothing(engine: AsyncEngine) -> None:
    await upgrade(engine)
    assert await present_revision(engine) == newest_revision()
    await upgrade(engine)
    assert await present_revision(engine) == newest_revision()


async def test_every_step_can_be_taken_back(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.begin() as connection:
        await connection.run_sync(lambda plain: command.downgrade(configuration(plain), "base"))
        left = await connection.run_sync(lambda plain: set(inspect(plain).get_table_names()))
    assert left == {"alembic_version"}


async def test_the_database_keeps_its_promises(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1)):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value


def constraints_of(connection: Connection) -> dict[str, Any]:
    inspector = inspect(connection)
    return {
        table: (
            sorted((check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)),
            sorted(str(unique) for unique in inspector.get_unique_constraints(table)),
            sorted(str(key) for key in inspector.get_foreign_keys(table)),
            str(inspector.get_pk_constraint(table)),
            sorted(str(index) for index in inspector.get_indexes(table)),
        )
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
