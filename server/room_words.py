"""Refusals inside an interview as the sentences that the person at the screen reads."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from recordings.errors import RecordingsError
from recordings.read_back import ReadBackResult
from recordings.refusals import (
    ConsultationRuns,
    DraftTooLong,
    EvidenceFileEmpty,
    EvidenceFileTooLarge,
    EvidenceFileUnreadable,
    InterviewNotRunning,
    MinutesClosed,
    NoteTooLong,
    NothingKeptInPause,
    NothingToReadBack,
    NotReadBack,
    NotToBePictured,
    NotYoursToDo,
    OutcomeStands,
    RecordingCannotMove,
    RecordingRefused,
    ReplyDoesNotFit,
    StatementEmpty,
    StatementTooLong,
    StillGone,
)
from scheduling.errors import (
    AskedAlready,
    ChangedMeanwhile,
    EarlyUnconfirmed,
    FieldRefused,
    GuardianMissing,
    GuardianStays,
    HostNotIn,
    InterviewOver,
    NobodyWaits,
    NotForYou,
    NotPossibleNow,
    RoomLocked,
    SchedulingError,
    SeatOfAnother,
    SendingSuspended,
    TooEarly,
)
from scheduling.interview import RecordingRefusal
from server.exchange import language, problem, see_other, wants_json
from server.forms import Form
from server.i18n import mark

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONFLICT = 409
UNPROCESSABLE = 422
_HIDDEN = (NotForYou, SeatOfAnother, NotYoursToDo)
_OF_RECORDING = {
    RecordingRefusal.NOT_RUNNING: mark("The recording can start once the officer was let in."),
    RecordingRefusal.DECLINED_BY_POST: mark(
        "This country does not accept recordings. The interview is held without one."
    ),
    RecordingRefusal.NO_NOTICE: mark("Read the notice first, then note the person’s answer."),  # noqa: RUF001 - typography
    RecordingRefusal.NO_CONSENT: mark("The person has not agreed to be recorded."),
}
_WORDS: dict[type[Exception], str] = {
    AskedAlready: mark("You have just asked, and the centre sees it. Ask again in a minute."),
    ChangedMeanwhile: mark("Something changed meanwhile. Try again."),
    EarlyUnconfirmed: mark("It is not the hour yet. Confirm first that you mean to open it."),
    FieldRefused: mark("This cannot be noted. Check what you chose."),
    GuardianMissing: mark("The guardian has to be let in first."),
    NobodyWaits: mark("Nobody is waiting there any more."),
    HostNotIn: mark("The centre has to open the room first."),
    InterviewOver: mark("The interview has ended."),
    NotPossibleNow: mark("This is not possible at this moment of the interview."),
    TooEarly: mark("The waiting room is not open yet."),
    SendingSuspended: mark("The interview cannot begin. Ask your supervisor."),
    InterviewNotRunning: mark("The interview has not begun yet."),
    NothingKeptInPause: mark("Nothing is noted during the pause."),
    ConsultationRuns: mark("A private consultation is going on: nothing is recorded or noted."),
    RoomLocked: mark("The door is locked. Unlock it first."),
    GuardianStays: mark("A minor is not heard without the guardian. End the interview instead."),
    NotToBePictured: mark("Nothing is recorded of them: no picture is taken either."),
    MinutesClosed: mark("The minutes are closed."),
    DraftTooLong: mark("Write 20,000 characters at most"),
    OutcomeStands: mark("The outcome is concluded."),
    NothingToReadBack: mark("Everything that is noted has been read back already."),
    NotReadBack: mark("Read the minutes back to the person first, or say why they are not."),
    RecordingCannotMove: mark("The recording has moved on meanwhile. Look at its state above."),
    StatementEmpty: mark("Write what is to be noted"),
    StatementTooLong: mark("This is too long: 4,000 characters at most"),
    NoteTooLong: mark("The note is too long: 2,000 characters at most"),
    EvidenceFileEmpty: mark("The picture is empty. Take it again."),
    EvidenceFileTooLarge: mark("The picture is too large: 15 MB at most"),
    StillGone: mark("This picture is no longer awaited. Take it again."),
    EvidenceFileUnreadable: mark("This is not a picture that can be kept (JPEG or PNG)"),
}
_FIELDS: dict[type[Exception], str] = {
    StatementEmpty: "text",
    StatementTooLong: "text",
    NoteTooLong: "note",
    EvidenceFileEmpty: "file",
    EvidenceFileTooLarge: "file",
    EvidenceFileUnreadable: "file",
}

_OF_REPLY = {
    ReadBackResult.CONFIRMED: mark("You have noted a correction: choose “Corrected”."),
    ReadBackResult.CORRECTED: mark("Note the correction beside its line first, then choose “Corrected”."),
}


def in_words(handler: Handler) -> Handler:
    """Let a handler of the room answer refusals: 404 for what is hidden, 422 beside a field, else 409.

    Who sent a form without script is led to the page of the interview, which shows how it stands.
    """

    @wraps(handler)
    async def tell(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except _HIDDEN:
            raise web.HTTPNotFound from None
        except (SchedulingError, RecordingsError) as refusal:
            said = sentence(refusal)
            if said is None:
                raise
            if not wants_json(request):
                return see_other(request, "interview", interview_id=request.match_info["interview_id"])
            words = language(request).gettext(said)
            field = _FIELDS.get(type(refusal))
            return problem(UNPROCESSABLE if field else CONFLICT, words, {field: words} if field else None)

    return tell


def faulty(request: web.Request, form: Form) -> web.Response:
    """Answer 422 with a message a field to the script of the room; a bare form cannot come from our page."""
    if not wants_json(request):
        raise web.HTTPBadRequest
    first = next(iter(form.faults.values()))
    return problem(UNPROCESSABLE, first, form.faults)


def sentence(refusal: Exception) -> str | None:
    """Give the sentence of a refusal, untranslated; None when the room knows none."""
    if isinstance(refusal, RecordingRefused):
        return _OF_RECORDING[refusal.reason]
    if isinstance(refusal, ReplyDoesNotFit):
        return _OF_REPLY[refusal.reply]
    return _WORDS.get(type(refusal))
