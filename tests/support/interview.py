"""A confirmed booking with its interview, in the house of `tests.support.web`."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.admit import enter
from scheduling.identifier import new_id, new_reference
from scheduling.participant import ParticipantRole
from tests.support.web import CENTRE, POST, Browser, House


@dataclass(frozen=True)
class Meeting:
    """One interview of one person, and its two browsers."""

    id: str
    reference: str
    seats: dict[ParticipantRole, str]
    host: Browser
    officer: Browser

    async def officer_waits(self, house: House) -> None:
        """Let the officer come to the door, without a line."""
        async with house.transaction() as session:
            row = (
                await session.execute(
                    tables.accounts.select().where(tables.accounts.c.role == Role.CONSULAR_OFFICER)
                )
            ).one()
            officer = Actor(row.id, Role.CONSULAR_OFFICER, row.organisation_id, row.name)
            await enter(session, house.clock, officer, interview_id=self.id)

    def path(self, rest: str) -> str:
        return f"/interviews/{self.id}/{rest}"


async def meeting_in(house: House) -> Meeting:
    """Book an interview that begins now, and sign both sides in."""
    interview_id, reference, seats = await book(house)
    host = await house.sign_in_as(Role.CENTRE_STAFF)
    officer = await house.sign_in_as(Role.CONSULAR_OFFICER)
    return Meeting(interview_id, reference, seats, host, officer)


async def book(house: House, **case: object) -> tuple[str, str, dict[ParticipantRole, str]]:
    """Write the rows of a confirmed booking: interview, reference, participants by role."""
    now, reference = house.clock(), new_reference()
    ids = {name: new_id() for name in ("room", "case", "request", "booking", "interview")}
    centre, post = house.organisations[CENTRE], house.organisations[POST]
    seats = {role: new_id() for role in list(ParticipantRole)[:3]}
    async with house.transaction() as session:

        async def add(table: object, **values: object) -> None:
            await session.execute(insert(table).values(**values))  # type: ignore[arg-type]

        staff = await session.scalar(
            tables.accounts.select()
            .with_only_columns(tables.accounts.c.id)
            .where(tables.accounts.c.role == Role.CENTRE_STAFF)
        )
        await add(tables.rooms, id=ids["room"], centre_id=centre, name=f"Visio {reference}")
        person = {
            "country": "GN",
            "family_name": "Diallo",
            "given_names": "Mamadou",
            "languages": ["ff", "fr"],
            "detained_on": now.date(),
            "detention_ends_on": now.date() + timedelta(days=40),
            "suitability": "suitable",
            "opened_at": now,
        }
        await add(tables.cases, id=ids["case"], reference=reference, centre_id=centre, **{**person, **case})
        sent = {
            "route": 1,
            "modality": "video",
            "sent_by": staff,
            "sent_at": now,
            "chase_at": now,
            "expires_at": now,
        }
        await add(tables.requests, id=ids["request"], case_id=ids["case"], post_id=post, **sent)
        times = {"starts_at": now, "ends_at": now + timedelta(hours=1), "requested_at": now}
        await add(
            tables.bookings,
            id=ids["booking"],
            request_id=ids["request"],
            case_id=ids["case"],
            post_id=post,
            room_id=ids["room"],
            modality="video",
            status="confirmed",
            uid=f"{ids['booking']}@example.org",
            **times,
        )
        await add(tables.interviews, id=ids["interview"], booking_id=ids["booking"])
        for role, seat_id in seats.items():
            await add(tables.participants, id=seat_id, interview_id=ids["interview"], role=role)
    return ids["interview"], reference, seats
