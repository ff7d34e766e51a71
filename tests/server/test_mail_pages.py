"""The administrator's list of mails: what did not leave and why, never what it says; and trying again."""

import pytest
from sqlalchemy import delete, update

from server.jobs import JOBS
from server.tables import mails
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def one_mail(world: World, **values: str | int) -> str:
    """Leave one mail alone, in the state of these values; gives its identifier."""
    booking = await world.requested()
    await world.house.app[JOBS].run()
    (row,) = await world.rows(mails, booking_id=last_of(booking))
    async with world.house.transaction() as session:
        await session.execute(delete(mails).where(mails.c.id != row["id"]))
        await session.execute(update(mails).values(**{"state": "waiting", **values}))
    return str(row["id"])


async def test_without_a_mail_server_the_page_says_so_and_what_waits(world: World) -> None:
    await one_mail(world)
    page = await world.people["administrator"].get("/mails")
    assert page.says("Aucun serveur de courriel n’est réglé")  # noqa: RUF001 - typography
    assert page.says("Entretien demandé")
    assert page.says("Consulat général, Bruxelles")


async def test_a_dead_mail_shows_its_reason_and_nothing_of_the_case(world: World) -> None:
    mail_id = await one_mail(world, state="dead", last_error="550 no such mailbox")
    (row,) = await world.rows(mails, id=mail_id)
    page = await world.people["administrator"].get("/mails")
    assert page.says("550 no such mailbox")
    for secret in (row["subject"].rpartition(" ")[2], row["booking_id"], row["to_address"], "Diallo"):
        assert secret not in page.text


async def test_a_dead_mail_is_tried_again_or_forgotten(world: World) -> None:
    administrator = world.people["administrator"]
    mail_id = await one_mail(world, state="dead", last_error="550 no such mailbox", attempts=16)
    await administrator.get("/mails")
    assert (await administrator.post(f"/mails/{mail_id}/again")).location == "/mails"
    (row,) = await world.rows(mails, id=mail_id)
    assert (row["state"], row["attempts"]) == ("waiting", 0)
    assert (await administrator.post(f"/mails/{mail_id}/give-up")).status == 404  # it waits: it is not dead
    await one_mail(world, state="dead")
    (row,) = await world.rows(mails)
    assert (await administrator.post(f"/mails/{row['id']}/give-up")).location == "/mails"
    assert await world.rows(mails) == []
    assert [act for act, _ in await world.audited(mail_id)] == ["try_again"]


@pytest.mark.parametrize("who", ["staff", "officer", "supervisor"])
async def test_only_administrators_see_mails(world: World, who: str) -> None:
    assert (await world.people[who].get("/mails")).status == 404
