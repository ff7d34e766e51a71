"""Opening a case, and saying whether video suits the person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor, Role
from scheduling.availability import day_in
from scheduling.case import Case, Suitability, is_minor_on
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.identifier import new_id, new_reference
from scheduling.store_places import load_centre
from scheduling.trail import record_act, remember, tell


async def open_case(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    country: str,
    family_name: str,
    given_names: str,
    born_on: date | None,
    detained_on: date,
    detention_ends_on: date,
    birth_place: str = "",
    sex: str = "",
    languages: Sequence[str] = (),
    documents: Sequence[str] = (),
    is_minor: bool = False,
    guardian_name: str = "",
    vulnerabilities: Sequence[str] = (),
    suitability: Suitability = Suitability.NOT_ASSESSED,
    protection_open: bool = False,
) -> Case:
    """Open a case at the actor's own centre; somebody under age is a minor whatever was ticked."""
    if actor.role is not Role.CENTRE_STAFF:
        raise NotForYou("centre", actor.organisation_id)
    centre = await load_centre(session, actor.organisation_id)
    now = clock()
    assessed = suitability is not Suitability.NOT_ASSESSED
    case = Case(
        id=new_id(),
        reference=new_reference(),
        centre_id=centre.id,
        country=country.upper(),
        family_name=family_name.strip(),
        given_names=given_names.strip(),
        born_on=born_on,
        birth_place=birth_place.strip(),
        sex=sex,
        languages=tuple(languages),
        documents=tuple(documents),
        is_minor=is_minor or is_minor_on(born_on, day_in(now, centre.zone)),
        guardian_name=guardian_name.strip(),
        vulnerabilities=tuple(vulnerabilities),
        detained_on=detained_on,
        detention_ends_on=detention_ends_on,
        suitability=suitability,
        suitability_by=actor.account_id if assessed else None,
        suitability_at=now if assessed else None,
        protection_open=protection_open,
        protection_changed_at=now if protection_open else None,
        opened_at=now,
    )
    check_fields(case, day_in(now, centre.zone))
    await store.add(session, tables.cases, case)
    await remember(session, "case:opened", case, by=actor, at=now)
    await record_act(session, clock, actor, "open", noun="case", noun_id=case.id)
    await tell(session, "case:opened", {"case_id": case.id, "reference": case.reference}, at=now)
    return case


async def assess(
    session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str, suitability: Suitability
) -> Case:
    """Record whether video suits this person, and who decided."""
    case = await store.load_case(session, case_id)
    if not actor.hosts_at(case.centre_id):
        raise NotForYou("case", case_id)
    now = clock()
    assessed = replace(
        case,
        suitability=suitability,
        suitability_by=actor.account_id,
        suitability_at=now,
        version=case.version + 1,
    )
    await store.save(session, tables.cases, assessed)
    await remember(session, "case:assessed", assessed, by=actor, at=now)
    await record_act(session, clock, actor, "assess", noun="case", noun_id=case_id, detail=suitability)
    return assessed


def check_fields(case: Case, today: date, *, is_end_new: bool = True) -> None:
    """Refuse a case that cannot be; the field is named so that a form can say it in place."""
    rules = (
        ("country", "two_letters", len(case.country) == 2 and case.country.isalpha()),  # noqa: PLR2004 - ISO 3166
        ("family_name", "needed", bool(case.family_name)),
        ("born_on", "in_the_future", case.born_on is None or case.born_on <= today),
        ("sex", "unknown", case.sex in {"", "F", "M", "X"}),
        ("detained_on", "in_the_future", case.detained_on <= today),
        ("detention_ends_on", "before_detention", case.detention_ends_on >= case.detained_on),
        ("detention_ends_on", "in_the_past", case.detention_ends_on >= today or not is_end_new),
    )
    for field, rule, holds in rules:
        if not holds:
            raise FieldRefused(field, rule)
