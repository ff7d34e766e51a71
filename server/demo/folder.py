"""The throw-away folder of a demonstration: keys that are thrown away with it, and a seeded data folder."""

from dataclasses import dataclass
from pathlib import Path

from recordings.age_keys import new_identity
from recordings.keyring import Duty, KeyHolder
from recordings.no_trace import leave_no_trace
from recordings.ports import RenderHtml
from recordings.working_copy import MasterSecret
from scheduling.clock import Clock
from server import keys as server_keys
from server.database import create_engine
from server.demo import world
from server.demo.bookings import seed_bookings
from server.demo.held import Vault, seed_past
from server.demo.links import Door, Links, new_token, write_private
from server.demo.seed import World, seed_world
from server.errors import SettingError
from server.migrations import present_revision, upgrade
from server.recipients import keyring_of, write_keyring


@dataclass(frozen=True)
class DemoFolder:
    """Where everything of a demonstration lies; `given` is the address of a database that lies elsewhere."""

    root: Path
    given: str = ""

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.given or f"sqlite+aiosqlite:///{self.data / 'parloir.db'}"

    @property
    def data(self) -> Path:
        """What the server keeps."""
        return self.root / "data"

    @property
    def keys(self) -> Path:
        """What the server needs beside its data: recipients and its own secret."""
        return self.root / "keys"

    @property
    def holders(self) -> Path:
        """What a real server never sees: the secret keys of supervisor and recovery."""
        return self.root / "holders"

    @property
    def identity(self) -> Path:
        """The supervisor's secret key, an age identity file."""
        return self.holders / "supervisor.txt"


async def prepare(
    folder: DemoFolder, clock: Clock, render_html: RenderHtml, *, post_quantum: bool = False
) -> Links:
    """Make keys, data and doors; takes a few seconds, most of them for the past interview's recording."""
    for place in (folder.data, folder.keys, folder.holders):
        place.mkdir(mode=0o700)
    _make_keys(folder, post_quantum=post_quantum)
    secrets = server_keys.derive(server_keys.read_master(folder.keys))
    vault = Vault(folder.data, keyring_of(folder.keys), MasterSecret(secrets.working_copy), render_html)
    engine = create_engine(folder.database)
    try:
        if await present_revision(engine) is not None:
            raise SettingError("--database", "it holds an instance; a demonstration wants an empty one")
        await upgrade(engine)
        now = clock()
        async with engine.begin() as session:
            seeded = await seed_world(session, now)
            await seed_bookings(session, seeded, now)
            await seed_past(session, seeded, vault, now)
        await leave_no_trace(engine)
    finally:
        await engine.dispose()
    links = Links(_doors(seeded), str(folder.identity))
    links.write(folder.keys)
    return links


def _make_keys(folder: DemoFolder, *, post_quantum: bool) -> None:
    holders = []
    for duty, name in ((Duty.SUPERVISOR, "Hélène Lambert"), (Duty.RECOVERY, "Coffre de la direction")):
        identity = new_identity(post_quantum=post_quantum)
        holders.append(KeyHolder(duty, name, identity.recipient()))
        text = f"# throw-away key of a demonstration\n# public key: {identity.recipient()}\n{identity}"
        write_private(folder.holders / f"{duty}.txt", text)
    write_keyring(folder.keys, holders)
    server_keys.write_master(folder.keys)


def _doors(seeded: World) -> tuple[Door, ...]:
    names = {one.id: one.name for one in (*world.CENTRES, *world.POSTS)} | {world.OFFICE: world.OFFICE_NAME}
    return tuple(
        Door(
            key=person.id,
            token=new_token(),
            account_id=seeded.ids[person.id],
            role=person.role,
            name=person.name,
            organisation=names[person.at],
            is_shown=person.is_door,
        )
        for person in world.PEOPLE
    )
