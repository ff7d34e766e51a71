"""Refusals of the scheduling room as the sentences that staff and officers read beside a form."""

from scheduling.errors import (
    AfterDetention,
    CaseClosed,
    ChangedMeanwhile,
    ClosedThen,
    FieldRefused,
    NotAccredited,
    NotPossibleNow,
    NotSuitable,
    OutsideHours,
    QuotaReached,
    SchedulingError,
    SendingSuspended,
    SlotTaken,
    TooSoon,
    VideoDeclined,
)
from server.i18n import Language, mark

_SENTENCES: dict[type[SchedulingError], str] = {
    SlotTaken: mark("This slot has just been taken. Choose another one."),
    OutsideHours: mark("The post or the room does not work at that time. Choose another slot."),
    ClosedThen: mark("The post or the room is closed then. Choose another slot."),
    TooSoon: mark("The post wants more notice. Choose a later slot."),
    QuotaReached: mark("The post holds no more interviews on that day. Choose another day."),
    AfterDetention: mark("Detention must have ended by then. Choose an earlier slot."),
    SendingSuspended: mark("Sending is suspended for this person: no request can leave."),
    CaseClosed: mark("The case is closed: no request can leave."),
    NotSuitable: mark("Video does not suit this person, or nobody has assessed it yet."),
    NotAccredited: mark("This post does not answer for this case. Choose another post."),
    VideoDeclined: mark("This country wants interviews in person."),
    NotPossibleNow: mark(
        "This is no longer possible: somebody has moved it on. Look at where it stands now."
    ),
    ChangedMeanwhile: mark("Somebody changed it meanwhile. Look at it once more, then try again."),
}
_FIELDS = {
    ("country", "two_letters"): mark("Choose a country"),
    ("family_name", "needed"): mark("Enter the family name as the person says it"),
    ("born_on", "in_the_future"): mark("The date of birth lies in the future"),
    ("sex", "unknown"): mark("Choose one of the answers"),
    ("detained_on", "in_the_future"): mark("Detention cannot begin in the future"),
    ("detention_ends_on", "before_detention"): mark("Detention cannot end before it begins"),
    ("detention_ends_on", "in_the_past"): mark("Detention must have ended by then: check the day"),
    ("disclosed", "needed"): mark("Choose at least one thing that the post will see"),
    ("remark", "needed"): mark("Say in a few words why"),
}


def sentence(refusal: SchedulingError, reader: Language) -> str:
    """Say in the reader's language why something was refused, and what to do."""
    if isinstance(refusal, FieldRefused):
        known = _FIELDS.get((refusal.field, refusal.rule))
        return reader.gettext(known or mark("Check this answer"))
    return reader.gettext(_SENTENCES.get(type(refusal), mark("This cannot be done now.")))
