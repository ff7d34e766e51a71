"""A verification under way is due when its day to come back is near or past, until something follows."""

from datetime import date, timedelta

from recordings.outcome import OutcomeValue, TravelDocumentAnswer
from recordings.queries import DueVerification, due_verifications
from scheduling import tables
from scheduling.case import CaseStatus
from tests.support.records_acts import concluded, ongoing, sealed, wish
from tests.support.records_people import World, of_both_sides_alone


async def verifying(world: World) -> date:
    """End the interview with a verification that comes back in a month; gives that day."""
    await world.begin()
    await world.end()
    back_on = world.clock().date() + timedelta(days=30)
    await concluded(world, ongoing(back_on))
    await sealed(world)
    return back_on


async def due(world: World, who: str, until_on: date) -> tuple[DueVerification, ...]:
    async with world.session() as session:
        return await due_verifications(session, getattr(world, who), until_on, 10)


@of_both_sides_alone
async def test_a_verification_is_due_from_its_day_on_for_both_sides_alone(
    world: World, who: str, *, sees: bool
) -> None:
    back_on = await verifying(world)
    assert await due(world, who, back_on - timedelta(days=1)) == ()
    for until_on in (back_on, back_on + timedelta(days=100)):
        found = await due(world, who, until_on)
        assert [(row.interview_id, row.back_on) for row in found] == [(world.interview_id, back_on)] * sees


async def test_a_newer_version_of_the_outcome_is_what_came_back(world: World) -> None:
    back_on = await verifying(world)
    answer = wish(
        value=OutcomeValue.NATIONALITY_DENIED, travel_document=TravelDocumentAnswer.NO, supersedes=1
    )
    await concluded(world, answer)
    assert await due(world, "officer", back_on) == ()


async def test_a_verification_that_takes_longer_is_due_on_its_new_day_alone(world: World) -> None:
    back_on = await verifying(world)
    later = back_on + timedelta(days=10)
    await concluded(world, ongoing(later, supersedes=1))
    assert await due(world, "officer", back_on) == ()
    assert [row.back_on for row in await due(world, "officer", later)] == [later]


async def test_nothing_is_due_for_a_closed_case_nor_to_a_post_while_a_claim_is_open(world: World) -> None:
    back_on = await verifying(world)
    await world.change(tables.cases, world.case_id, protection_open=True)
    assert await due(world, "officer", back_on) == ()
    assert len(await due(world, "host", back_on)) == 1
    await world.change(tables.cases, world.case_id, protection_open=False, status=CaseStatus.RELEASED)
    assert await due(world, "host", back_on) == ()
