"""The instance that the page tests share: the demonstration's world, served by a child process."""

from collections.abc import Iterator

import pytest

from tests.support.instance import Instance, running_instance, seeded_folder


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One instance for all pages; every test leaves it fit for the next."""
    root = tmp_path_factory.mktemp("pages") / "instance"
    with (
        seeded_folder(tmp_path_factory.mktemp("seeded")) as folder,
        running_instance(folder, root) as running,
    ):
        yield running
