"""Every query of the scheduling room by one name: flat rows for screens, always scoped by the actor."""

from scheduling.queries_of_bookings import (
    BookingPage,
    BookingRow,
    RequestRow,
    booking_page,
    requests_to_answer,
)
from scheduling.queries_of_case_lists import (
    CaseFigures,
    CaseFilter,
    cases_to_settle,
    count_cases,
    list_cases,
)
from scheduling.queries_of_cases import (
    CaseBooking,
    CasePage,
    CaseRow,
    PostRow,
    SlotsPage,
    case_page,
    posts_for_case,
    slots_for_case,
)
from scheduling.queries_of_interview_lists import (
    InterviewFilter,
    InterviewLists,
    InterviewRow,
    When,
    count_coming,
    interviews_of,
    interviews_today,
    list_interviews,
)
from scheduling.queries_of_interviews import InterviewPage, ParticipantRow, interview_page
from scheduling.queries_of_request_lists import AnsweredFilter, list_answered

__all__ = [
    "AnsweredFilter",
    "BookingPage",
    "BookingRow",
    "CaseBooking",
    "CaseFigures",
    "CaseFilter",
    "CasePage",
    "CaseRow",
    "InterviewFilter",
    "InterviewLists",
    "InterviewPage",
    "InterviewRow",
    "ParticipantRow",
    "PostRow",
    "RequestRow",
    "SlotsPage",
    "When",
    "booking_page",
    "case_page",
    "cases_to_settle",
    "count_cases",
    "count_coming",
    "interview_page",
    "interviews_of",
    "interviews_today",
    "list_answered",
    "list_cases",
    "list_interviews",
    "posts_for_case",
    "requests_to_answer",
    "slots_for_case",
]
