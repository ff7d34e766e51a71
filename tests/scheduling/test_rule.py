"""Rules over days: the same days as the standard reader gives, never more work than a window holds."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType
from typing import Any, Self

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import WeeklyHours
from scheduling.rule import WEEKDAYS, UnreadableRule, read_rule
from scheduling.slot import Interval

MOST_STEPS = 400_000  # a count followed since the year 2000; dateutil may walk to the year 9999 for nothing
SOME_DAY = date(2024, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every Monday",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=1",
        "FREQ=DAILY;DTSTART=20240101",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO,1TU",
        "FREQ=DAILY\nX",
        "FREQ=DAILY;FREQ=DAILY",
        "INTERVAL=2;FREQ=DAILY",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;UNTIL=2026-1-1",
    ],
)
def test_what_is_no_rule_over_days_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRule):
        read_rule(text, SOME_DAY)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=1000000000",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=1000000",
        "FREQ=YEARLY;BYMONTHDAY=" + ",".join(["1"] * 1000),
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 1000),
        "FREQ=DAILY;INTERVAL=" + "9" * 5000,
    ],
)
def test_a_rule_that_would_be_walked_for_ever_or_is_too_long_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRule):
        read_rule(text, SOME_DAY)


@pytest.mark.parametrize("from_on", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31)])
def test_a_rule_that_begins_in_another_age_is_refused(from_on: date) -> None:
    with pytest.raises(UnreadableRule):
        read_rule("FREQ=DAILY", from_on)


def numbers(least: int, most: int) -> st.SearchStrategy[str]:
    one = st.integers(least, most).filter(bool).map(str)
    return st.lists(one, min_size=1, max_size=4, unique=True).map(",".join)


WEEKDAY = st.sampled_from(WEEKDAYS)
PLAIN_DAYS = st.lists(WEEKDAY, min_size=1, max_size=7, unique=True).map(",".join)
NTH = st.tuples(st.integers(-5, 5).filter(bool), WEEKDAY).map(lambda pair: f"{pair[0]}{pair[1]}")
ORDINAL_DAYS = st.lists(NTH, min_size=1, max_size=3, unique=True).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts: dict[str, st.SearchStrategy[str]] = {
        "INTERVAL": st.integers(1, 12).map(str),
        "BYDAY": PLAIN_DAYS,
        "BYMONTHDAY": numbers(-31, 31),
        "BYMONTH": numbers(1, 12),
        "WKST": WEEKDAY,
    }
    if frequency in {"MONTHLY", "YEARLY"}:
        parts["BYDAY"] = PLAIN_DAYS | ORDINAL_DAYS
        parts["BYSETPOS"] = numbers(-3, 3)
    ends = {
        "COUNT": st.integers(1, 60).map(str),
        "UNTIL": st.dates(date(2023, 1, 1), date(2027, 1, 1)).map("{:%Y%m%d}".format),
    }
    names = draw(st.sets(st.sampled_from(sorted(parts)))) | draw(
        st.sets(st.sampled_from(sorted(ends)), max_size=1)
    )
    chosen = [f"{name}={draw((parts | ends)[name])}" for name in sorted(names)]
    return ";".join([f"FREQ={frequency}", *chosen])


@settings(max_examples=300, deadline=None)
@given(
    rules(),
    st.dates(date(2022, 1, 1), date(2025, 12, 31)),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    st.integers(0, 400),
)
def test_the_days_are_those_of_the_standard(text: str, from_on: date, first: date, days: int) -> None:
    try:
        rule = read_rule(text, from_on)
    except UnreadableRule:
        return
    last = first + timedelta(days=days)
    begins, ends = datetime.combine(first, time()), datetime.combine(last, time())
    until = f";UNTIL={last:%Y%m%d}" if "UNTIL" not in text and "COUNT" not in text else ""
    expected = rrulestr(text + until, dtstart=datetime.combine(from_on, time())).between(
        begins, ends, inc=True
    )
    assert rule.days(first, last) == [each.date() for each in expected]


class Steps:
    """Counts the lines that run, and stops what runs too long: a deadline without a clock."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, _frame: FrameType, event: str, _arg: Any) -> "Steps":
        self.taken += event == "line"
        assert self.taken < MOST_STEPS, "a rule is walked too long"
        return self

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)


WORST = [
    "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366",
    "FREQ=DAILY;INTERVAL=999;COUNT=5000",
    "FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYDAY=53MO;COUNT=5000",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;COUNT=5000",
]


@pytest.mark.parametrize("text", WORST)
def test_the_worst_rule_costs_a_bounded_number_of_steps(text: str) -> None:
    with Steps():
        read_rule(text, date(2000, 1, 1)).days(date(2026, 1, 1), date(2026, 4, 1))


grammar = st.lists(
    st.sampled_from(
        [
            "FREQ=",
            "DAILY",
            "YEARLY",
            "MONTHLY",
            "WEEKLY",
            ";",
            "BYDAY=",
            "MO",
            ",",
            "-1",
            "99999999",
            "BYSETPOS=",
            "BYMONTH=",
            "COUNT=",
            "UNTIL=",
            "INTERVAL=",
            "=",
            "\r\n",
            "\u0663",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.text() | grammar | grammar.map("FREQ=DAILY;".__add__), st.dates())
def test_any_text_is_refused_or_costs_a_bounded_number_of_steps(text: str, from_on: date) -> None:
    with Steps():
        try:
            rule = read_rule(text, from_on)
        except UnreadableRule:
            return
        assert len(rule.days(date(2026, 1, 1), date(2026, 4, 1))) <= 91


def test_an_owner_of_many_years_costs_no_more_than_one_of_today() -> None:
    starts_at = datetime(2026, 9, 21, tzinfo=UTC)
    window = Interval(starts_at, starts_at + timedelta(days=90))
    taken = []
    for from_on in (date(2000, 1, 3), date(2026, 9, 21)):
        with Steps() as steps:
            WeeklyHours(
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", from_on, time(9), time(16), "Europe/Brussels"
            ).within(window)
        taken.append(steps.taken)
    assert taken[0] <= taken[1] * 1.1
