"""What the host decides about who is in the room, through its addresses."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from typing import Any

import pytest
from sqlalchemy import insert, select

from recordings.dossier import gather_dossier
from recordings.recording import RecordingState
from recordings.tables import recordings
from recordings.timeline import timeline_of
from recordings.working_copy import MasterSecret
from scheduling.identifier import new_id
from scheduling.participant import ParticipantRole
from scheduling.tables import consultations, interviews, participants
from server.app_keys import MEDIA, SECRETS
from server.media_journal import DatabaseJournal
from tests.support.interview import Meeting, meeting_in
from tests.support.web import Browser, House, journal_of

OFFICER, PERSON = ParticipantRole.CONSULAR_OFFICER, ParticipantRole.DETAINEE
LAWYER = ParticipantRole.LAWYER
ORDERS = ("consult", "record", "remove", "tell")


class Orders:
    """What the node would be told, in order."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: list[tuple[Any, ...]] = []
        for name in ORDERS:
            monkeypatch.setattr(house.app[MEDIA], name, self._noting(name))

    def _noting(self, name: str) -> Any:
        def note(_room_id: str, *rest: object) -> None:
            self.given.append((name, *rest))

        return note


@pytest.fixture
async def meeting(house: House) -> Meeting:
    """A running interview with a lawyer in it."""
    meeting = await meeting_in(house)
    meeting.seats[LAWYER] = new_id()
    row = {"id": meeting.seats[LAWYER], "interview_id": meeting.id, "role": LAWYER, "name": "Maître Maes"}
    async with house.transaction() as session:
        await session.execute(insert(participants).values(row))
    await meeting.officer_waits(house)
    for role in (OFFICER, LAWYER):
        assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[role])).status == 200
    return meeting


@pytest.fixture
def orders(house: House, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> Orders:
    assert meeting
    return Orders(house, monkeypatch)


@pytest.fixture
def journal(house: House) -> DatabaseJournal:
    return journal_of(house)


async def send(browser: Browser, meeting: Meeting, rest: str, **fields: str) -> Any:
    return await browser.ask_json("POST", meeting.path(rest), fields)


async def record(meeting: Meeting) -> None:
    assert (await send(meeting.host, meeting, "notice", language="fr", consent="yes")).status == 200
    assert (await send(meeting.host, meeting, "recording", run="start")).status == 200


async def test_a_consultation_cuts_first_then_pauses_and_its_end_lets_the_recording_go_on(
    house: House, meeting: Meeting, journal: DatabaseJournal, orders: Orders
) -> None:
    await record(meeting)
    async with house.transaction() as session:
        recording_id = await session.scalar(select(recordings.c.id))
    orders.given.clear()
    lawyer, person = meeting.seats[LAWYER], meeting.seats[PERSON]
    answer = await send(meeting.host, meeting, "consultation", turn="begin", stays=lawyer)
    assert answer.status == 200, answer.text
    assert orders.given == [("consult", (person, lawyer)), ("record", "pause", recording_id)]
    standing = await journal.standing(meeting.id)
    assert (standing.stays, standing.runs) == (frozenset({person, lawyer}), ("start", "pause"))
    orders.given.clear()
    house.clock.advance(minutes=5)
    assert (await send(meeting.host, meeting, "consultation", turn="end")).status == 200
    assert orders.given == [("consult", None), ("record", "resume", recording_id)]
    standing = await journal.standing(meeting.id)
    assert (standing.stays, standing.runs) == (None, ("start",))


async def test_nobody_notes_takes_or_records_in_it_and_reads_why(meeting: Meeting, house: House) -> None:
    await record(meeting)
    await send(meeting.host, meeting, "consultation", turn="begin")
    noted = await send(meeting.officer, meeting, "minutes", kind="remark", text="Que se dit-il ?")
    for answer in (noted, await send(meeting.officer, meeting, "recording", run="resume")):
        assert answer.status == 409
        assert answer.json["title"].startswith("Une consultation privée est en cours")
    async with house.transaction() as session:
        assert await session.scalar(select(recordings.c.state)) == RecordingState.PAUSED


async def test_a_node_that_starts_anew_in_it_does_not_continue_the_recording(
    meeting: Meeting, house: House, journal: DatabaseJournal
) -> None:
    await record(meeting)
    async with house.transaction() as session:
        recording_id = await session.scalar(select(recordings.c.id))
    part = {
        "room": meeting.id,
        "recording": recording_id,
        "part": "a" * 26,
        "participant": meeting.seats[PERSON],
    }
    await journal.take({"is": "part_started", **part, "at": house.clock().isoformat()})
    await journal.node_lost()
    await send(meeting.host, meeting, "consultation", turn="begin")
    standing = await journal.standing(meeting.id)
    assert (standing.stays, standing.runs) == (frozenset({meeting.seats[PERSON]}), ())


@pytest.mark.parametrize("rest", ["consultation", "remove", "lock"])
async def test_the_officer_decides_none_of_it(meeting: Meeting, house: House, rest: str) -> None:
    fields = {
        "turn": "begin",
        "lock": "locked",
        "reason": "disturbs",
        "participant_id": meeting.seats[LAWYER],
    }
    assert (await send(meeting.officer, meeting, rest, **fields)).status == 404
    async with house.transaction() as session:
        assert await session.scalar(select(consultations.c.id)) is None
        assert await session.scalar(select(interviews.c.locked_at)) is None


@pytest.mark.parametrize(
    ("rest", "field"), [("consultation", "turn"), ("remove", "reason"), ("lock", "lock")]
)
async def test_what_is_not_said_is_asked_for(meeting: Meeting, rest: str, field: str) -> None:
    answer = await send(meeting.host, meeting, rest)
    assert (answer.status, list(answer.json["errors"])) == (422, [field])


async def test_the_officer_does_not_stay(meeting: Meeting) -> None:
    answer = await send(meeting.host, meeting, "consultation", turn="begin", stays=meeting.seats[OFFICER])
    assert answer.status == 409


async def test_who_is_put_out_is_cut_at_once_and_stays_out_until_admitted_anew(
    meeting: Meeting, journal: DatabaseJournal, orders: Orders
) -> None:
    lawyer = meeting.seats[LAWYER]
    answer = await send(meeting.host, meeting, "remove", participant_id=lawyer, reason="disturbs")
    assert answer.status == 200, answer.text
    assert orders.given[0] == ("remove", lawyer)
    standing = await journal.standing(meeting.id)
    assert (lawyer in standing.admitted, standing.removed) == (False, frozenset({lawyer}))
    facts = (await meeting.host.ask_json("GET", meeting.path("room"))).json
    assert facts["removed"] == [
        {"participant": lawyer, "role": "lawyer", "removal": "disturbs", "time": "12:00"}
    ]
    assert "removed" not in (await meeting.officer.ask_json("GET", meeting.path("room"))).json
    assert (await send(meeting.host, meeting, "admit", participant_id=lawyer)).status == 200
    assert lawyer in (await journal.standing(meeting.id)).admitted


async def test_why_somebody_was_put_out_stays_in_the_record_once_they_are_let_in_again(
    house: House, meeting: Meeting
) -> None:
    lawyer = meeting.seats[LAWYER]
    await send(meeting.host, meeting, "remove", participant_id=lawyer, reason="person_objects")
    house.clock.advance(minutes=1)
    assert (await send(meeting.host, meeting, "admit", participant_id=lawyer)).status == 200
    host, officer = [
        await browser.get(f"/interviews/{meeting.id}") for browser in (meeting.host, meeting.officer)
    ]
    assert host.says("Avocat. Présence terminée par le centre. La personne s’y oppose.")
    assert officer.says("Avocat. Présence terminée par le centre.")
    assert not officer.says("La personne s’y oppose")
    async with house.transaction() as session:
        dossier = await gather_dossier(session, MasterSecret(house.app[SECRETS].working_copy), meeting.id)
    events = timeline_of(dossier.course)["events"]
    assert [(each["participant"], each["removal"]) for each in events if each["removal"]] == [
        (lawyer, "person_objects")
    ]


async def test_a_way_back_says_what_it_does(meeting: Meeting) -> None:
    page = await meeting.host.get(meeting.path("room"))
    for button, words in (
        ("data-drop", "Ne pas y mettre fin"),
        ("data-close", "Ne pas terminer l’entretien"),
    ):
        assert f"{button}>{words}</button>" in page.text


async def test_the_officer_is_not_put_out(meeting: Meeting) -> None:
    fields = {"participant_id": meeting.seats[OFFICER], "reason": "disturbs"}
    assert (await send(meeting.host, meeting, "remove", **fields)).status == 409


async def test_through_a_locked_door_nobody_new_is_let_in(house: House, meeting: Meeting) -> None:
    await send(meeting.host, meeting, "remove", participant_id=meeting.seats[LAWYER], reason="not_needed")
    assert (await send(meeting.host, meeting, "lock", lock="locked")).status == 200
    assert (await meeting.host.ask_json("GET", meeting.path("room"))).json["is_locked"] is True
    refused = await send(meeting.host, meeting, "admit", participant_id=meeting.seats[LAWYER])
    assert (refused.status, refused.json["title"]) == (
        409,
        "L’accès est verrouillé. Déverrouillez-le d’abord.",
    )
    assert (await send(meeting.host, meeting, "lock", lock="open")).status == 200
    assert (await send(meeting.host, meeting, "admit", participant_id=meeting.seats[LAWYER])).status == 200
    async with house.transaction() as session:
        assert await session.scalar(select(interviews.c.locked_at)) is None


async def test_the_interviews_page_tells_both_sides_when_and_with_whom(
    house: House, meeting: Meeting
) -> None:
    house.clock.advance(minutes=2)
    await send(meeting.host, meeting, "consultation", turn="begin", stays=meeting.seats[LAWYER])
    house.clock.advance(minutes=3)
    await send(meeting.host, meeting, "consultation", turn="end")
    await send(meeting.host, meeting, "remove", participant_id=meeting.seats[LAWYER], reason="not_needed")
    for browser in (meeting.host, meeting.officer):
        page = await browser.get(f"/interviews/{meeting.id}")
        assert page.says("Consultation privée, rien n’a été transmis ni conservé")
        assert page.says("0:02:00–0:05:00")
        assert page.says("Présence terminée par le centre")
