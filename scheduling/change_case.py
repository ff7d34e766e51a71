"""Putting right what a case says of the person, and opening one again that was closed by mistake."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.availability import day_in
from scheduling.case import Case, CaseStatus, is_minor_on
from scheduling.clock import Clock
from scheduling.errors import CaseClosed, FieldRefused, NotForYou
from scheduling.open_case import check_fields
from scheduling.store_places import load_centre
from scheduling.trail import record_act, remember


async def change_case(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    case_id: str,
    country: str,
    family_name: str,
    given_names: str,
    born_on: date | None,
    birth_place: str,
    sex: str,
    languages: Sequence[str],
    documents: Sequence[str],
    is_minor: bool,
    guardian_name: str,
    vulnerabilities: Sequence[str],
    detained_on: date,
    detention_ends_on: date,
) -> Case:
    """Write other details of an open case of the actor's centre; what is planned stands as it stood.

    The country stays while a post is asked or an interview stands: what was released went to that country.
    """
    case = await _case_of(session, actor, case_id)
    if not case.is_open:
        raise CaseClosed(case_id)
    today = day_in(clock(), (await load_centre(session, case.centre_id)).zone)
    changed = replace(
        case,
        country=country.upper(),
        family_name=family_name.strip(),
        given_names=given_names.strip(),
        born_on=born_on,
        birth_place=birth_place.strip(),
        sex=sex,
        languages=tuple(languages),
        documents=tuple(documents),
        is_minor=is_minor or is_minor_on(born_on, today),
        guardian_name=guardian_name.strip(),
        vulnerabilities=tuple(vulnerabilities),
        detained_on=detained_on,
        detention_ends_on=detention_ends_on,
    )
    if changed == case:
        return case
    check_fields(changed, today, is_end_new=changed.detention_ends_on != case.detention_ends_on)
    if changed.country != case.country and await store.live_bookings_of(session, case_id):
        raise FieldRefused("country", "booked")
    return await _keep(session, clock, actor, changed, "changed")


async def reopen_case(session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str) -> Case:
    """Record that the person is here after all, or again; what was given up stays given up."""
    case = await _case_of(session, actor, case_id)
    if case.is_open:
        return case
    return await _keep(session, clock, actor, replace(case, status=CaseStatus.OPEN), "reopened")


async def _case_of(session: AsyncConnection, actor: Actor, case_id: str) -> Case:
    case = await store.load_case(session, case_id)
    if not actor.hosts_at(case.centre_id):
        raise NotForYou("case", case_id)
    return case


async def _keep(session: AsyncConnection, clock: Clock, actor: Actor, case: Case, act: str) -> Case:
    kept = replace(case, version=case.version + 1)
    await store.save(session, tables.cases, kept)
    await remember(session, f"case:{act}", kept, by=actor, at=clock())
    await record_act(session, clock, actor, act, noun="case", noun_id=case.id)
    return kept
