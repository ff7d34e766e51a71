"""Every query of the scheduling room by one name: flat rows for screens, always scoped by the actor."""

from scheduling.queries_of_bookings import (
    BookingPage,
    BookingRow,
    RequestRow,
    booking_page,
    requests_to_answer,
)
from scheduling.queries_of_cases import (
    CaseBooking,
    CasePage,
    CaseRow,
    PostRow,
    SlotsPage,
    case_page,
    cases_of,
    posts_for_case,
    slots_for_case,
)
from scheduling.queries_of_interviews import (
    InterviewLists,
    InterviewPage,
    InterviewRow,
    ParticipantRow,
    interview_page,
    interviews_of,
)

__all__ = [
    "BookingPage",
    "BookingRow",
    "CaseBooking",
    "CasePage",
    "CaseRow",
    "InterviewLists",
    "InterviewPage",
    "InterviewRow",
    "ParticipantRow",
    "PostRow",
    "RequestRow",
    "SlotsPage",
    "booking_page",
    "case_page",
    "cases_of",
    "interview_page",
    "interviews_of",
    "posts_for_case",
    "requests_to_answer",
    "slots_for_case",
]
