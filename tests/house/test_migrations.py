"""The migrations build exactly what the tables say, step by step and back, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

import recordings.tables
import server.tables
from scheduling.columns import metadata
from server.database import create_engine
from server.migrations import (
    EMPTY,
    UnknownRevision,
    migrate_to,
    newest_revision,
    present_revision,
    revisions,
    upgrade,
)
from tests.support.database import KINDS, SQLITE, Content, new_database

pytestmark = pytest.mark.own_database

ROOMS = (recordings.tables, server.tables)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(tmp_path: Path, kind: str) -> Iterator[str]:
    with new_database(tmp_path / "migrated.db", kind=kind) as made:
        yield made


@pytest.fixture
async def engine(address: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(address)
    yield engine
    await engine.dispose()


async def test_models_equal_migrations(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda plain: compare_metadata(MigrationContext.configure(plain), metadata)
        )
    assert not differences, f"write a migration for: {differences}"


async def test_constraints_of_models_equal_those_of_migrations(
    engine: AsyncEngine, kind: str, tmp_path: Path
) -> None:
    await upgrade(engine)
    with new_database(tmp_path / "modelled.db", Content.TABLES, kind) as other:
        modelled = create_engine(other)
        async with modelled.connect() as connection:
            wanted = await connection.run_sync(constraints_of)
        await modelled.dispose()
    async with engine.connect() as connection:
        assert await connection.run_sync(constraints_of) == wanted


async def test_an_upgrade_twice_changes_nothing(engine: AsyncEngine) -> None:
    await upgrade(engine)
    assert await present_revision(engine) == newest_revision()
    await upgrade(engine)
    assert await present_revision(engine) == newest_revision()


async def test_every_step_can_be_taken_back_and_again(engine: AsyncEngine) -> None:
    made = {}
    for revision in revisions():
        await migrate_to(engine, revision)
        made[revision] = await everything_in(engine)
    for revision in reversed(revisions()):
        await migrate_to(engine, revision)
        assert await everything_in(engine) == made[revision] or revision == EMPTY, revision
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda plain: set(inspect(plain).get_table_names()))
    assert left == {"alembic_version"}
    await upgrade(engine)
    assert await everything_in(engine) == made[revisions()[-1]]


async def test_a_revision_that_nobody_knows_is_refused_and_changes_nothing(engine: AsyncEngine) -> None:
    await migrate_to(engine, "0002")
    for unknown in ("9999", "0002:0003", "heads", ""):
        with pytest.raises(UnknownRevision, match="0001"):
            await migrate_to(engine, unknown)
    assert await present_revision(engine) == "0002"


async def test_a_database_of_a_newer_program_is_left_alone(engine: AsyncEngine) -> None:
    await upgrade(engine)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnknownRevision, match="9999"):
        await upgrade(engine)
    with pytest.raises(UnknownRevision, match="9999"):
        await migrate_to(engine, "0001")
    assert await present_revision(engine) == "9999"


async def test_processes_that_start_together_migrate_once(engine: AsyncEngine, address: str) -> None:
    others = [create_engine(address) for _ in range(3)]
    try:
        await asyncio.gather(*(upgrade(each) for each in (engine, *others)))
    finally:
        for each in others:
            await each.dispose()
    assert await present_revision(engine) == newest_revision()


@pytest.mark.parametrize("kind", [SQLITE], indirect=True)  # pragmas are its own
async def test_sqlite_keeps_its_promises(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1)):
            assert (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value


async def everything_in(engine: AsyncEngine) -> tuple[dict[str, Any], dict[str, list[str]]]:
    async with engine.connect() as connection:
        return await connection.run_sync(constraints_of), await connection.run_sync(columns_of)


def columns_of(connection: Connection) -> dict[str, list[str]]:
    inspector = inspect(connection)
    return {
        table: sorted(
            f"{each['name']} {each['type']!r} {each['nullable']}" for each in inspector.get_columns(table)
        )
        for table in inspector.get_table_names()
    }


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
