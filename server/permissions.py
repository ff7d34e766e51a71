"""Who may do what: every permission and the one table of roles."""

from enum import StrEnum
from types import MappingProxyType

from scheduling.actor import Role


class Permission(StrEnum):
    """What a route asks of its caller. Routes name one each; whose case it is, the queries decide."""

    PUBLIC = "public"  # anybody, signed in or not
    SIGNED_IN = "signed_in"  # any account
    ENTER = "enter"  # check one's equipment, take one's own seat in an interview
    ATTEND = "attend"  # run the recording of an interview, end it
    ANSWER_AT_DOOR = "answer_at_door"  # say as a guest whether one may be recorded
    HOST = "host"  # let people in and put them out, read the notice, hold a private consultation
    INTERVIEW = "interview"  # take minutes and evidence
    READ_CASES = "read_cases"  # the cases of one's own centre; a supervisor those of all
    OPEN_CASES = "open_cases"  # open and close a case, say whether video suits the person
    PROTECT = "protect"  # suspend everything about a person who asks for protection
    REQUEST = "request"  # ask a post for an interview
    ANSWER = "answer"  # answer for the post
    CANCEL = "cancel"  # give a booking up
    READ_BOOKINGS = "read_bookings"  # bookings and interviews of one's own side
    CONCLUDE = "conclude"  # conclude the outcome
    OPEN_SEALED = "open_sealed"  # download sealed files
    EDIT_HOURS = "edit_hours"  # places and hours of one's own; an administrator those of all
    EDIT_PLACES = "edit_places"  # organisations, interpreters, country profiles, notices in further languages
    SEE_MAILS = "see_mails"  # which mails have not left, and why; never what they say


_EVERYBODY = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})

_P = Permission
ROLE_PERMISSIONS = MappingProxyType(
    {
        Role.CENTRE_STAFF: _EVERYBODY
        | {
            _P.ENTER,
            _P.ATTEND,
            _P.HOST,
            _P.READ_CASES,
            _P.OPEN_CASES,
            _P.PROTECT,
            _P.REQUEST,
            _P.CANCEL,
            _P.READ_BOOKINGS,
            _P.EDIT_HOURS,
        },
        Role.CONSULAR_OFFICER: _EVERYBODY
        | {
            _P.ENTER,
            _P.ATTEND,
            _P.INTERVIEW,
            _P.ANSWER,
            _P.CANCEL,
            _P.READ_BOOKINGS,
            _P.CONCLUDE,
            _P.EDIT_HOURS,
        },
        Role.SUPERVISOR: _EVERYBODY | {_P.READ_CASES, _P.PROTECT, _P.READ_BOOKINGS, _P.OPEN_SEALED},
        Role.ADMINISTRATOR: _EVERYBODY | {_P.EDIT_HOURS, _P.EDIT_PLACES, _P.SEE_MAILS},
        Role.GUEST: frozenset({_P.PUBLIC, _P.ENTER, _P.ANSWER_AT_DOOR}),
    }
)


def allows(role: Role | None, permission: Permission) -> bool:
    """Whether a role (None: nobody signed in) may use a route that asks for this permission."""
    if permission is Permission.PUBLIC:
        return True
    return role is not None and permission in ROLE_PERMISSIONS[role]
