"""What the room page shows of one interview to whoever may take a seat in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from babel import Locale
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.evidence import ANNEX_1, DOCUMENTS, VERIFIED_ELSEWHERE, EvidenceKind
from recordings.interview_facts import Attendant, InterviewFacts
from recordings.pause_wishes import wishes_of
from recordings.read_back import REASONS, ReadBackResult
from recordings.recording import RecordingState, spans_in
from recordings.store_facts import facts_for, troubles_of
from recordings.store_outcome import outcomes_of
from recordings.store_recording import changes_of, recording_of
from scheduling.actor import Actor, Role
from scheduling.admission import is_shut, opens_at, seat_of
from scheduling.booking import Modality
from scheduling.errors import NotForYou
from scheduling.guest import GUEST_ROLES
from scheduling.guest_answer import is_asked
from scheduling.hand_over_host import colleagues_at
from scheduling.interview import ENDINGS_BY_ROLE, WITHOUT_START, Ending
from scheduling.participant import Participant, ParticipantRole, Removal
from scheduling.pause_wish import MAY_ASK, PauseWish
from scheduling.queries_of_names import names_in
from scheduling.store import participants_of
from scheduling.store_keeping import telephone_of
from scheduling.tables import bookings, cases, requests
from scheduling.trouble import Trouble
from server.i18n import Language, load_languages
from server.notice import GUEST_TEXTS, TEXTS, VERSION, VERSION_WITHOUT
from server.notice_shown import ShownNotice, shown_in
from server.views.places import language_name
from server.views.read_backs import Reading, reading_of

EVIDENCE_GROUPS: tuple[tuple[EvidenceKind, ...], ...] = (
    ANNEX_1,
    tuple(kind for kind in EvidenceKind if kind in DOCUMENTS and kind not in ANNEX_1),
    tuple(kind for kind in EvidenceKind if kind not in DOCUMENTS and kind not in VERIFIED_ELSEWHERE),
    VERIFIED_ELSEWHERE,
)
MOST_SEATS = 6
_OFF = {RecordingState.FINISHED: RecordingState.OFF}
_FACES = MappingProxyType(
    {
        ParticipantRole.DETAINEE: ParticipantRole.CONSULAR_OFFICER,
        ParticipantRole.CONSULAR_OFFICER: ParticipantRole.DETAINEE,
    }
)


@dataclass(frozen=True, slots=True)
class RoomView:
    """One interview as somebody with a seat sees it; codes and moments, the templates hold the words."""

    facts: InterviewFacts
    seat: Participant
    reader: Language
    languages: tuple[str, ...]
    notices: tuple[ShownNotice, ...]
    recording_state: RecordingState
    recorded_ms: int
    running_ms: int | None
    may_record_again: bool
    is_concluded: bool
    names: Mapping[str, str]
    telephones: Mapping[str, str]
    troubles: tuple[tuple[datetime, Trouble, str], ...]
    people: tuple[Participant, ...]
    is_shut: bool
    wishes: tuple[PauseWish, ...]
    colleagues: Mapping[str, str]

    @property
    def interview_id(self) -> str:
        """The interview."""
        return self.facts.id

    @property
    def reference(self) -> str:
        """The case, by its reference alone."""
        return self.facts.case_reference

    @property
    def participant_id(self) -> str:
        """The seat that this browser takes."""
        return self.seat.id

    @property
    def is_host(self) -> bool:
        """Whether this is the room terminal that centre staff opens."""
        return self.seat.role is ParticipantRole.DETAINEE

    @property
    def focus(self) -> ParticipantRole:
        """Whose picture is large: the other side's."""
        return _FACES.get(self.seat.role, ParticipantRole.DETAINEE)

    @property
    def is_guest(self) -> bool:
        """Whether somebody takes part who belongs to neither side."""
        return self.seat.role in GUEST_ROLES

    @property
    def is_asked(self) -> bool:
        """Whether they have to say whether they may be recorded."""
        return self.is_guest and self.accepts_recording and is_asked(self.seat)

    @property
    def own_answer(self) -> str:
        """What they said of it: yes, no, or none so far."""
        answer = self.facts.guest_answers.get(self.seat.id)
        return "none" if answer is None else "yes" if answer.agrees else "no"

    @property
    def guest_text(self) -> tuple[str, ...]:
        """What they read before they say it."""
        return GUEST_TEXTS[self.reader.code if self.reader.code in GUEST_TEXTS else "en"]

    @property
    def may_be_seen(self) -> bool:
        """Whether others see and hear them."""
        return self.seat.role is not ParticipantRole.OBSERVER

    @property
    def opens_at(self) -> datetime:
        """When the waiting room opens to guests."""
        return opens_at(self.facts.starts_at)

    @property
    def may_ask_pause(self) -> bool:
        """Whether they may ask the host for a pause."""
        return self.seat.role in MAY_ASK

    @property
    def company(self) -> list[dict[str, str]]:
        """Who else takes part, by role, and whether they are here: absent, waiting or in."""
        return [
            {"role": each.role, "state": _place(each)}
            for each in self.people
            if each.id != self.seat.id and each.role is not ParticipantRole.CENTRE_HOST
        ]

    @property
    def has_line(self) -> bool:
        """Whether it is held in this room at all, and not by telephone or face to face."""
        return Modality(self.facts.modality).uses_line

    @property
    def state(self) -> str:
        """The part of the page that is there first."""
        if self.facts.ended_at is not None:
            return "ended"
        return "early" if self.is_early else "door"

    @property
    def is_early(self) -> bool:
        """Whether a guest has to wait until it opens, or the host to say that it is meant."""
        return self.is_shut and (self.is_guest or self.is_host)

    @property
    def may_conclude(self) -> bool:
        """Whether the officer goes on to the outcome from here; a cut-short interview says no more."""
        stands = self.facts.is_withheld or self.is_concluded
        return not self.is_host and self.facts.ending is Ending.NORMAL and not stands

    @property
    def seats(self) -> int:
        """How many others this browser prepares to receive."""
        return min(MOST_SEATS, len(self.facts.attendants))

    @property
    def met(self) -> tuple[str, ...]:
        """Who was in the interview before."""
        return tuple(one.id for one in self.facts.attendants if one.joined_at is not None)

    @property
    def by_telephone_at(self) -> datetime | None:
        """Since when it goes on by telephone."""
        return self.facts.by_telephone_at

    @property
    def is_locked(self) -> bool:
        """Whether the host lets nobody new in."""
        return self.facts.locked_at is not None

    @property
    def removed(self) -> tuple[Attendant, ...]:
        """Whom the host has put out."""
        return tuple(one for one in self.facts.attendants if one.removed_at is not None)

    @property
    def checked_at(self) -> datetime | None:
        """When camera, microphone and speaker were found good."""
        return self.seat.checked_at

    @property
    def starts_at(self) -> datetime:
        """When the interview is to begin."""
        return self.facts.starts_at

    @property
    def consent(self) -> str:
        """What the person answered: yes, no, or none so far."""
        if self.facts.consent is None:
            return "none"
        return "yes" if self.facts.consent.agrees else "no"

    @property
    def recording_ahead(self) -> str:
        """Whether a recording may still start: as the person answered, or closed for good."""
        return self.consent if self.may_record_again else "closed"

    @property
    def notice_at(self) -> datetime | None:
        """When the notice was last read."""
        return self.facts.notice.given_at if self.facts.notice else None

    @property
    def is_notice_due(self) -> bool:
        """Whether the host has still to read it, or to note what the person answered."""
        is_answered = self.consent != "none" or not self.accepts_recording
        return self.notice_at is None or not is_answered

    @property
    def notice_language(self) -> str:
        """In which language, in the reader's words."""
        return self._language(self.facts.notice.language) if self.facts.notice else ""

    @property
    def notice_languages(self) -> dict[str, str]:
        """The languages the notice may be read in: the house's, the interview's, and all it is written in."""
        codes = (*TEXTS, *self.languages, *(text.language for text in self.other_notices))
        return {code: self._language(code) for code in dict.fromkeys(codes)}

    @property
    def likely_language(self) -> str:
        """The language to begin with: the interview's only one, or none."""
        return self.languages[0] if len(self.languages) == 1 else ""

    @property
    def further_notices(self) -> tuple[ShownNotice, ...]:
        """The notice in languages of the interview that the house does not speak itself."""
        return tuple(each for each in self._written if each.language in self.languages)

    @property
    def other_notices(self) -> tuple[ShownNotice, ...]:
        """The notice in every other language in which an administrator wrote it."""
        return tuple(each for each in self._written if each.language not in self.languages)

    @property
    def own_notices(self) -> tuple[ShownNotice, ...]:
        """The notice in the languages of the house."""
        return tuple(each for each in self.notices if each.number is None)

    @property
    def notice_version(self) -> str:
        """Which text it is."""
        return VERSION if self.accepts_recording else VERSION_WITHOUT

    @property
    def accepts_recording(self) -> bool:
        """Whether the post's country lets interviews be recorded."""
        return self.facts.accepts_recording

    @property
    def country_names(self) -> dict[str, str]:
        """The post's country in each language of the notice."""
        country = self.facts.post.country
        return {code: Locale.parse(code).territories.get(country, country) for code in TEXTS}

    @property
    def endings(self) -> list[Ending]:
        """How this side may end the interview, the usual one first."""
        allowed = ENDINGS_BY_ROLE[Role.CENTRE_STAFF if self.is_host else Role.CONSULAR_OFFICER]
        return [ending for ending in Ending if ending in allowed]

    @property
    def endings_now(self) -> list[Ending]:
        """Those of them that fit the interview as it stands: begun, or not yet."""
        if self.facts.started_at is not None:
            return self.endings
        return [ending for ending in self.endings if ending in WITHOUT_START]

    @property
    def reasons_unread(self) -> tuple[ReadBackResult, ...]:
        """Why the minutes may end unread."""
        return REASONS

    @property
    def reading(self) -> Reading:
        """What is asked of a reading of the minutes."""
        spoken = self.facts.notice.language if self.facts.notice else None
        return reading_of(((one.id, one.role) for one in self.facts.attendants), spoken, self.reader)

    @property
    def removals(self) -> tuple[Removal, ...]:
        """Why somebody may be put out."""
        return tuple(Removal)

    @property
    def evidence_groups(self) -> tuple[tuple[EvidenceKind, ...], ...]:
        """The kinds of evidence in the order of the form."""
        return EVIDENCE_GROUPS

    @property
    def _written(self) -> tuple[ShownNotice, ...]:
        return tuple(each for each in self.notices if each.number is not None)

    def _language(self, code: str) -> str:
        return language_name(code, self.reader)


async def seat_for(
    session: AsyncConnection, actor: Actor, interview_id: str
) -> tuple[InterviewFacts, Participant, tuple[Participant, ...]]:
    """Give the interview, the seat that this actor may take, and all seats; for others it does not exist."""
    facts = await facts_for(session, actor, interview_id)
    people = await participants_of(session, interview_id, locked=False)
    seat = seat_of(actor, people, centre_id=facts.centre.id, post_id=facts.post.id)
    if seat is None or (
        seat.role is ParticipantRole.CONSULAR_OFFICER and seat.account_id not in {None, actor.account_id}
    ):
        raise NotForYou("interview", interview_id)
    return facts, seat, people


def _place(seat: Participant) -> str:
    if not seat.is_present:
        return "absent"
    return "in" if seat.is_admitted else "waiting"


async def _telephones(session: AsyncConnection, facts: InterviewFacts, seat: Participant) -> dict[str, str]:
    """Give the number to call when no line holds: the centre's, and to the centre the post's as well."""
    found = {"centre": await telephone_of(session, facts.centre.id)}
    if seat.role is ParticipantRole.DETAINEE:
        found["post"] = await telephone_of(session, facts.post.id)
    return {side: number for side, number in found.items() if number}


async def _languages(session: AsyncConnection, facts: InterviewFacts) -> tuple[str, ...]:
    """Give the languages of the interview: the one that is interpreted, then those that the person speaks."""
    statement = (
        select(cases.c.languages, requests.c.interpreter_language)
        .join(bookings, bookings.c.case_id == cases.c.id)
        .join(requests, requests.c.id == bookings.c.request_id)
        .where(bookings.c.id == facts.booking_id)
    )
    row = (await session.execute(statement)).one()
    interpreted = [row.interpreter_language] if row.interpreter_language else []
    return tuple(dict.fromkeys([*interpreted, *row.languages]))


async def room_view(
    session: AsyncConnection, actor: Actor, interview_id: str, *, now: datetime, locale: Locale
) -> RoomView:
    """Read everything that the room page needs."""
    facts, seat, people = await seat_for(session, actor, interview_id)
    is_host = seat.role is ParticipantRole.DETAINEE
    recording = await recording_of(session, interview_id)
    changes = await changes_of(session, recording.id) if recording else ()
    spans = spans_in(changes, frozenset({RecordingState.RECORDING}), now)
    recorded = sum((span.length for span in spans), timedelta())
    languages = await _languages(session, facts)
    state = recording.state if recording else RecordingState.OFF
    return RoomView(
        facts=facts,
        seat=seat,
        reader=load_languages().choose(locale.language),
        languages=languages,
        notices=await shown_in(
            session,
            languages,
            facts.post.country,
            locale.language,
            is_recorded=facts.accepts_recording,
        )
        if is_host
        else (),
        recording_state=_OFF.get(state, state),
        recorded_ms=recorded // timedelta(milliseconds=1),
        running_ms=facts.at_ms(now) if facts.is_running else None,
        may_record_again=state is not RecordingState.FINISHED,
        is_concluded=bool(await outcomes_of(session, interview_id)),
        names=await names_in(session, actor, interview_id) if seat.is_admitted else {},
        colleagues=await colleagues_at(session, facts.centre.id) if is_host else {},
        telephones=await _telephones(session, facts, seat),
        troubles=await troubles_of(session, facts) if is_host else (),
        people=people,
        wishes=await wishes_of(session, facts),
        is_shut=is_shut(facts, facts.starts_at, now),
    )
