"""Refusals of the scheduling room as the sentences that staff and officers read beside a form."""

from scheduling.booking import Status
from scheduling.errors import (
    AfterDetention,
    CaseClosed,
    ChangedMeanwhile,
    ClosedThen,
    FieldRefused,
    GuardianNotNamed,
    InterpreterBusy,
    NotAccredited,
    NothingProposed,
    NotPossibleNow,
    NotSuitable,
    OutsideHours,
    QuotaReached,
    SchedulingError,
    SendingSuspended,
    SlotTaken,
    StandsAlready,
    TooSoon,
    VideoDeclined,
    WishesOverlap,
)
from server.i18n import Language, mark

_SENTENCES: dict[type[SchedulingError], str] = {
    SlotTaken: mark("This slot has just been taken. Choose another one."),
    OutsideHours: mark("The post or the room does not work at that time. Choose another slot."),
    ClosedThen: mark("The post or the room is closed then. Choose another slot."),
    TooSoon: mark("The post wants more notice. Choose a later slot."),
    QuotaReached: mark("The post holds no more interviews on that day. Choose another day."),
    AfterDetention: mark("Detention must have ended by then. Choose an earlier slot."),
    InterpreterBusy: mark("No interpreter is free at that time. Choose another slot or interpreter."),
    WishesOverlap: mark("Two of the slots overlap. Choose slots at different times."),
    GuardianNotNamed: mark("A minor is heard with a guardian. The centre must name the guardian first."),
    NothingProposed: mark("No other slot is proposed any more. Look at where it stands now."),
    SendingSuspended: mark("Sending is suspended for this person: no request can leave."),
    CaseClosed: mark("The case is closed: no request can leave."),
    NotSuitable: mark("Video does not suit this person: choose another way."),
    NotAccredited: mark("This post does not answer for this case. Choose another post."),
    VideoDeclined: mark("This country accepts no video: choose another way."),
    ChangedMeanwhile: mark("Somebody changed it meanwhile. Look at it once more, then try again."),
}
_LEFT = mark("The person has left already, and the case is closed. Nothing more can be planned.")
_STANDING = {
    ("interview", "early"): mark(
        "This interview has not begun and its hour is far: its booking can be moved or cancelled."
    ),
    ("case", "in_progress"): mark("An interview runs: end it first"),
    ("case", "released"): _LEFT,
    ("case", "transferred"): _LEFT,
    ("case", "returned"): _LEFT,
    ("booking", "requested"): mark(
        "The request waits for an answer of the post: till then it is answered or withdrawn, nothing else."
    ),
    ("booking", "confirmed"): mark("The interview is confirmed already. It can be moved or cancelled."),
    ("booking", "in_progress"): mark("The interview is under way. It is ended on its own page."),
    ("booking", "completed"): mark("The interview is over. What came of it stands on its own page."),
    ("booking", "declined"): mark(
        "The post has declined this request. Where an interview is still wanted, the centre sends a new one."
    ),
    ("booking", "withdrawn"): mark(
        "The centre has withdrawn this request. Where an interview is still wanted, it sends a new one."
    ),
    ("booking", "cancelled"): mark(
        "This interview is cancelled. Where one is still wanted, the centre sends a new request."
    ),
    ("booking", "expired"): mark(
        "This request ended without an answer. Where an interview is still wanted, the centre sends another."
    ),
    ("booking", "past"): mark(
        "The hour of the interview has come. Start it on its own page, or say there how it ended."
    ),
}
_SLOTS = {
    "past": mark("This slot is past. Choose another one."),
    "too_late": mark("The centre cannot keep this slot any more. Choose an earlier one, or propose one."),
}
_STANDS = mark("Nothing was changed: the interview stands in this slot already. Choose another one.")
_WISHED = mark(
    "The centre already asks for this slot: confirm it on the page of the request, or choose another."
)
_FIELDS = {
    ("country", "two_letters"): mark("Choose a country"),
    ("country", "booked"): mark("A post is asked already: withdraw or cancel that first"),
    ("family_name", "needed"): mark("Enter the family name as the person says it"),
    ("born_on", "in_the_future"): mark("The date of birth lies in the future"),
    ("sex", "unknown"): mark("Choose one of the answers"),
    ("detained_on", "in_the_future"): mark("Detention cannot begin in the future"),
    ("detention_ends_on", "before_detention"): mark("Detention cannot end before it begins"),
    ("detention_ends_on", "in_the_past"): mark("Detention must have ended by then: check the day"),
    ("modality", "needed"): mark("Choose how the interview is held"),
    ("slot", "needed"): mark("Choose a slot"),
    ("slot", "too_many"): mark("Choose fewer slots: the limit stands above the calendar"),
    ("invited", "too_many"): mark("At most three guests find a seat"),
    ("guest_id", "inside"): mark("This guest was let in already: the host ends their part in the room"),
    ("role_1", "unknown"): mark("Choose what this guest is"),
    ("guardian", "needed"): mark("Name the guardian: a minor is not heard without one"),
    ("agreed", "decided"): mark("Your post has said already who attends"),
    ("rank", "unknown"): mark("Choose one of the slots that the centre proposed"),
    ("centre_id", "same"): mark("The person is at this centre already: choose another one"),
    ("disclosed", "needed"): mark("Choose at least one thing that the post will see"),
    ("remark", "needed"): mark("Say in a few words why"),
}


def sentence(refusal: SchedulingError, reader: Language) -> str:
    """Say in the reader's language why something was refused, and what to do."""
    if isinstance(refusal, FieldRefused):
        known = _FIELDS.get((refusal.field, refusal.rule))
        return reader.gettext(known or mark("Check this answer"))
    if isinstance(refusal, NotPossibleNow):
        return reader.gettext(_where_it_stands(refusal))
    if isinstance(refusal, StandsAlready):
        return reader.gettext(_WISHED if refusal.is_wish else _STANDS)
    return reader.gettext(_SENTENCES.get(type(refusal), mark("This cannot be done now.")))


def _where_it_stands(refusal: NotPossibleNow) -> str:
    """Say where a thing stands now and what can be done; the same whoever or whatever brought it there."""
    if refusal.noun == "booking" and refusal.wanted == Status.CONFIRMED and refusal.status in _SLOTS:
        return _SLOTS[refusal.status]
    return _STANDING.get((refusal.noun, refusal.status), mark("This cannot be done now."))
