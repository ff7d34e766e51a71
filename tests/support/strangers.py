"""An interview with everything that can stand below an address, and people of other organisations."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select, update

from recordings.custody import FileKind, SealedFile
from recordings.durable_writer import tail_path
from recordings.keyring import Keyring
from recordings.sealed_file import SealedFolder
from recordings.store_evidence import add_file
from scheduling import tables
from scheduling.actor import Role
from scheduling.identifier import new_id
from server.accounts import add_account
from server.app_keys import KEYRING
from server.routes import ROUTES, Route
from server.settings import RECORDINGS
from tests.support.guests import guest_in
from tests.support.interview import Meeting, meeting_in
from tests.support.web import PASSWORD, Browser, House, cheap_passwords

SECRETS = ("Diallo", "Mamadou")  # the name of the person: content, wherever it appears
KINDS = {
    Role.CENTRE_STAFF: ("centre", "BE"),
    Role.CONSULAR_OFFICER: ("post", "GN"),
    Role.SUPERVISOR: ("authority", "NL"),
    Role.ADMINISTRATOR: ("authority", "NL"),
}

# What a form must hold so that its handler looks for the thing itself; the others need nothing.
FORMS: dict[str, dict[str, str]] = {
    "suitability": {"suitability": "suitable"},
    "protection": {"open": "yes"},
    "leaving": {"status": "released"},
    "decline": {"code": "other"},
    "cancel": {"code": "by_centre"},
    "outcome": {"value": "inconclusive", "reasons": "Sans objet.", "travel_document": "no"},
    "early": {"starts_at": "2026-09-23T08:00:00+00:00"},
    "notice": {"language": "fr", "consent": "yes"},
    "recording": {"run": "start"},
    "minutes": {"kind": "question", "text": "Qui parle ?"},
    "evidence": {"kind": "identity_card", "form": "original", "presented_by": "detainee"},
    "end": {"ending": "normal"},
    "read_back": {"language": "fr", "reply": "confirmed", "through": "1"},
    "draft": {"after": "0"},
    "lock": {"lock": "locked"},
    "messages": {"text": "Bonjour"},
    "sharpness": {"sharpness": "document"},
    "telephone": {"way": "telephone"},
    "trouble": {"trouble": "hears_nothing"},
    "check": {"line": "good"},
    "consultation": {"turn": "begin"},
    "answer": {"consent": "yes"},
}


@dataclass(frozen=True)
class Known:
    """Everything an outsider might know: every identifier of one interview."""

    meeting: Meeting
    ids: dict[str, str]

    def path(self, route: Route) -> str:
        """The address of a row, about this interview."""
        return route.path.format(**self.ids)

    def form(self, route: Route) -> dict[str, str]:
        """A form that is right in itself."""
        whom = {"participant_id": self.ids["participant_id"]}
        ways_in = dict.fromkeys(("guest_link", "guest_link_revoke", "guest_code"), whom)
        ids = {
            "admit": whom,
            "host": {"account_id": "nobody"},
            "remove": {**whom, "reason": "disturbs"},
            "attendance": {**whom, "why": "by_telephone"},
            **ways_in,
        }
        return ids.get(route.name, FORMS.get(route.name, {}))

    def gives_away(self, text: str) -> list[str]:
        """What of the case stands in an answer."""
        return [word for word in (*SECRETS, self.meeting.reference) if word in text]


def about_something() -> list[Route]:
    """The rows whose address names a case, booking, interview or file."""
    return [route for route in ROUTES if "_id}" in route.path]


async def known_interview(house: House) -> Known:
    """Book an interview, with a recording that a crash cut, and collect all its identifiers."""
    meeting = await meeting_in(house)
    b, i = tables.bookings, tables.interviews
    async with house.transaction() as session:
        row = (
            await session.execute(
                select(b.c.id, b.c.case_id, b.c.post_id)
                .join(i, i.c.booking_id == b.c.id)
                .where(i.c.id == meeting.id)
            )
        ).one()
        c = tables.cases
        centre_id = await session.scalar(select(c.c.centre_id).where(c.c.id == row.case_id))
        shown = {"disclosed": ["family_name", "given_names"]}
        await session.execute(
            update(tables.requests).values(shown).where(tables.requests.c.case_id == row.case_id)
        )
    ids = {
        "interview_id": meeting.id,
        "booking_id": row.id,
        "case_id": row.case_id,
        "post_id": row.post_id,
        "file_id": await _seal_file(house, meeting.id),
        "place_id": row.post_id,
        "centre_id": str(centre_id),
        "participant_id": next(iter(meeting.seats.values())),
        "token": "nothing",
        "secret": "nothing",
        "mail_id": "nothing",
        "still_id": new_id(),
        "kind": "post",
        "country": "GN",
        "member_state": "BE",
        "language": "ar",
    }
    return Known(meeting, ids)


async def stranger(house: House, role: Role) -> Browser:
    """Somebody of this role who works for another organisation, or is a guest of another interview."""
    if role is Role.GUEST:
        other = await meeting_in(house)
        return (await guest_in(house, other.host, other.id))[1]
    kind, country = KINDS[role]
    organisation_id, email = new_id(), f"other-{role}@example.org"
    passwords = cheap_passwords()
    async with house.transaction() as session:
        row = {"id": organisation_id, "kind": kind, "name": f"Another {kind}", "country": country}
        await session.execute(
            insert(tables.organisations).values(host_country=row["country"], zone="Europe/Brussels", **row)
        )
        await add_account(
            session,
            passwords,
            organisation_id=organisation_id,
            role=role,
            name=f"{role} of elsewhere",
            email=email,
            password=PASSWORD,
            clock=house.clock,
        )
    passwords.close()
    browser = house.browser()
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", {"email": email, "password": PASSWORD})
    assert answer.status == 303, answer.text
    await browser.get("/account")
    return browser


async def _seal_file(house: House, interview_id: str) -> str:
    folder: Path = house.settings.data / RECORDINGS / interview_id
    keyring: Keyring = house.app[KEYRING]
    file_id = new_id()
    sealed = SealedFolder(folder, keyring).seal(file_id, b"a part of the recording")
    tail_path(folder / file_id).write_bytes(b"its tail")
    file = SealedFile(
        id=file_id,
        interview_id=interview_id,
        kind=FileKind.MEDIA,
        media_type="video/webm",
        size_bytes=sealed.size_bytes,
        body_sha256=sealed.body_sha256,
        sealed_at=house.clock(),
        is_whole=False,
    )
    async with house.transaction() as session:
        await add_file(session, file)
    return file_id
