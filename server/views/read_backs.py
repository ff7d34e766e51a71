"""What became of the minutes as people read it: read back to the person, or why they were not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from recordings.interview_facts import InterviewFacts
from recordings.minutes import Statement
from recordings.read_back import ReadBack, ReadBackResult, unread
from scheduling.participant import ParticipantRole
from server.i18n import Language, mark
from server.moments import Moments, clock_words
from server.views.places import language_name, languages

_WORDS = {
    ReadBackResult.CONFIRMED: mark("Read back at %(time)s in %(language)s. The person confirmed."),
    ReadBackResult.CORRECTED: mark(
        "Read back at %(time)s in %(language)s. The person corrected: the corrections stand beside the lines."
    ),
    ReadBackResult.PERSON_REFUSED: mark("Not read back: the person refused."),
    ReadBackResult.LINE_LOST: mark("Not read back: the line was lost."),
    ReadBackResult.BROKEN_OFF: mark("Not read back: the interview was broken off."),
    ReadBackResult.NOT_READ: mark("Not read back: no reason was given."),
    ReadBackResult.NO_MINUTES: mark("No minutes were taken."),
}


NOBODY = "nobody"
"""What is chosen when an interpreter was there and another read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is asked of a reading: languages in words by code, the likely one, and the interpreters' seats."""

    languages: Mapping[str, str]
    read_in: str
    interpreters: tuple[str, ...]
    nobody: str = NOBODY


def reading_of(seats: Iterable[tuple[str, str]], spoken: str | None, reader: Language) -> Reading:
    """Give what is asked; `seats` are (participant, role), `spoken` is the language of the notice.

    All languages are offered, since which ones the person speaks may not have been released.
    """
    known = dict(languages(reader))
    if spoken:
        known.setdefault(spoken, language_name(spoken, reader))
    there = tuple(seat for seat, role in seats if role == ParticipantRole.INTERPRETER)
    return Reading(known, spoken or "", there)


def how_read_back(
    lines: Sequence[Statement],
    readings: Sequence[ReadBack],
    facts: InterviewFacts,
    when: Moments,
    reader: Language,
) -> str:
    """Say it in a sentence or two; nothing while there is nothing to say."""
    said = [_one(readings[-1], facts, when, reader)] if readings else []
    left = len(unread(lines, readings))
    if left and readings and readings[-1].was_read:
        said.append(
            reader.ngettext(
                "%(n)s line noted since was not read.", "%(n)s lines noted since were not read.", left
            )
        )
    late = sum(line.is_late(facts.ended_at) for line in lines)
    if late:
        said.append(
            reader.ngettext("%(n)s line added after the end.", "%(n)s lines added after the end.", late)
        )
    return " ".join(said)


def _one(read: ReadBack, facts: InterviewFacts, when: Moments, reader: Language) -> str:
    words = reader.gettext(_WORDS[read.result])
    if not read.was_read:
        return words
    time = when.time(read.at) if read.at_ms is None else clock_words(read.at_ms)
    words = words % {"time": time, "language": language_name(read.language or "", reader)}
    roles = {one.id: one.role for one in facts.attendants}
    if roles.get(read.interpreter_id or "") == ParticipantRole.INTERPRETER:
        words = f"{words} {reader.gettext(mark('The interpreter translated.'))}"
    return words
