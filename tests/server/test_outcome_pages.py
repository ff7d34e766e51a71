"""Concluding the outcome: what the rules say, what stays typed, and what is left once it is sealed."""

from typing import Any

import pytest

from recordings import tables as records
from scheduling import tables
from tests.support.pages import FAMILY_NAME, World, field_error, last_of, send, ticked

pytestmark = pytest.mark.asyncio(loop_scope="module")

REASONS = "Répond sans hésiter sur Labé & sur <son> école."
WISH = {"value": "inconclusive", "travel_document": "no", "reasons": REASONS}


async def conclude(world: World, interview: str, **fields: Any) -> Any:
    return await send(world.officer, f"{interview}/outcome", {**WISH, **fields})


async def test_the_form_shows_the_evidence_and_what_the_rule_asks(world: World) -> None:
    interview = await world.running()
    item = await world.show(interview, "birth_certificate", note="numéro 4711")
    await world.officer.post(f"{interview}/end", {"ending": "normal"})
    page = await world.officer.get(f"{interview}/outcome")
    assert page.status == 200
    assert page.says("numéro 4711")
    assert page.says(FAMILY_NAME)
    assert f'id="evidence-{item}"' in page.text
    assert "p-fault" not in page.text
    assert ("view", "outcome") in await world.audited(last_of(interview))


async def test_the_officer_reads_the_minutes_again_beside_the_form(world: World) -> None:
    interview = await world.running()
    await world.say(interview, "Né à <Labé>.")
    await world.officer.post(f"{interview}/end", {"ending": "normal", "unread": "person_refused"})
    page = await world.officer.get(f"{interview}/outcome")
    assert page.says("Relire le procès-verbal, 1 ligne")
    assert "Né à &lt;Labé&gt;." in page.text


async def test_too_little_evidence_shows_the_counts_and_keeps_the_reasons(world: World) -> None:
    interview = await world.running()
    statement = await world.show(interview, "person_statement")
    language = await world.show(interview, "language_spoken")
    await world.officer.post(f"{interview}/end", {"ending": "normal"})
    kept = [statement, language]
    page = await conclude(
        world, interview, value="nationality_confirmed", travel_document="yes", evidence=kept
    )
    assert page.status == 422
    assert field_error(page, "evidence").endswith("Il manque un appui pour confirmer la nationalité")
    counts = {
        name: f'data-count="{name}">{n}<'
        for name, n in (("proof", 0), ("prima_facie", 2), ("beyond_word", 0))
    }
    for name, count in counts.items():
        assert count in page.text, name
    assert "p-fault" in page.text
    assert "Répond sans hésiter sur Labé &amp; sur &lt;son&gt; école." in page.text
    assert ticked(page, "evidence") == set(kept)
    assert ticked(page, "value") == {"nationality_confirmed"}
    assert ticked(page, "travel_document") == {"yes"}
    assert not await world.rows(records.outcomes, interview_id=last_of(interview))


async def test_every_fault_is_said_at_once(world: World) -> None:
    interview = await world.ended()
    page = await conclude(
        world,
        interview,
        value="nationality_confirmed",
        reasons=" ",
        back_on="2027-01-01",
        presumed_country="SN",
    )
    assert page.status == 422
    for field in ("evidence", "reasons", "back_on", "presumed_country"):
        assert field_error(page, field), field
    page = await conclude(world, interview, value="", travel_document="", reasons="")
    assert page.status == 422
    for field in ("value", "travel_document", "reasons"):
        assert field_error(page, field), field
    page = await conclude(world, interview, value="", reasons="x" * 20_001)
    for field in ("value", "reasons"):
        assert field_error(page, field), field


async def test_an_answer_that_is_missing_hides_no_other_fault(world: World) -> None:
    interview = await world.ended()
    for value, field in (("nationality_confirmed", "evidence"), ("verification_ongoing", "back_on")):
        page = await conclude(world, interview, value=value, travel_document="", presumed_country="SN")
        assert page.status == 422
        assert field_error(page, "travel_document").endswith("Dites si un laissez-passer sera délivré")
        for other in (field, "presumed_country"):
            assert field_error(page, other), other


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": "nationality_denied", "travel_document": "yes"}, "travel_document"),
        ({"value": "nationality_denied", "presumed_country": "GN"}, "presumed_country"),
        ({"value": "verification_ongoing"}, "back_on"),
        ({"value": "verification_ongoing", "back_on": "2026-09-21"}, "back_on"),
        ({"value": "verification_ongoing", "back_on": "soon"}, "back_on"),
        ({"value": "no_finding"}, "value"),
        ({"reasons": "x" * 20_001}, "reasons"),
        ({"evidence": ["0" * 26]}, "evidence"),
    ],
)
async def test_a_rule_that_is_not_met_is_said_beside_its_field(
    world: World, fields: dict[str, Any], field: str
) -> None:
    interview = await world.ended()
    page = await conclude(world, interview, **fields)
    assert page.status == 422
    assert field_error(page, field)
    assert "p-fault" not in page.text or field == "evidence"


async def test_once_concluded_all_is_sealed_and_the_working_copy_destroyed(world: World) -> None:
    interview = await world.running()
    proof = await world.show(interview, "national_passport", note="numéro 4711")
    await world.say(interview, "Je suis né à Labé.")
    await world.officer.post(f"{interview}/end", {"ending": "normal", "unread": "person_refused"})
    page = await conclude(
        world, interview, value="nationality_confirmed", travel_document="later", evidence=[proof]
    )
    assert page.location == interview
    own = {"interview_id": last_of(interview)}
    (copy,) = await world.rows(records.working_copies, **own)
    assert copy["wrapped_key"] is None
    (outcome,) = await world.rows(records.outcomes, **own)
    assert outcome["reasons"] is None
    assert outcome["sealed_at"] is not None
    assert [row["text"] for row in await world.rows(records.minutes, **own)] == [None]
    assert [row["note"] for row in await world.rows(records.evidence, **own)] == [None]
    kinds = sorted(row["kind"] for row in await world.rows(records.sealed_files, **own))
    assert kinds == ["manifest", "timeline", "transcript", "transcript"]
    for browser in (world.officer, world.staff, world.supervisor):
        page = await browser.get(interview)
        assert page.says("Nationalité confirmée")
        assert page.says("Passeport")
        assert "Labé" not in page.text


async def test_who_signs_second_is_told_and_loses_no_word(world: World) -> None:
    interview = await world.ended()
    assert (await conclude(world, interview)).location == interview
    page = await conclude(world, interview, reasons="Une autre conviction, mûrie.")
    assert page.status == 422
    assert page.says("La version 1 a été signée entre-temps, la vôtre non.")
    assert page.says("Une autre conviction, mûrie.")
    assert len(await world.rows(records.outcomes, interview_id=last_of(interview))) == 1


async def test_an_outcome_is_superseded_on_purpose_and_the_first_version_stays(world: World) -> None:
    interview = await world.ended()
    await conclude(world, interview)
    assert (await world.officer.get(f"{interview}/outcome")).location == interview
    shown = await world.officer.get(interview)
    assert f'href="{interview}/outcome?supersede=1"' in shown.text
    form = await world.officer.get(f"{interview}/outcome?supersede=1")
    assert 'name="supersedes" value="1"' in form.text
    again = await conclude(world, interview, value="inconclusive", travel_document="later", supersedes="1")
    assert again.location == interview
    versions = await world.rows(records.outcomes, interview_id=last_of(interview))
    assert sorted((row["version"], row["value"]) for row in versions) == [
        (1, WISH["value"]),
        (2, "inconclusive"),
    ]
    assert "supersede=1" not in (await world.supervisor.get(interview)).text


async def test_nobody_concludes_before_the_end(world: World) -> None:
    interview = await world.running()
    assert (await world.officer.get(f"{interview}/outcome")).location == interview
    assert (await conclude(world, interview)).location == interview
    assert not await world.rows(records.outcomes, interview_id=last_of(interview))


@pytest.mark.parametrize("who", ["staff", "supervisor", "administrator", "other_staff", "other_officer"])
async def test_nobody_else_concludes(world: World, who: str) -> None:
    interview = await world.ended()
    browser = world.people[who]
    assert (await browser.get(f"{interview}/outcome")).status == 404
    for fields in (WISH, {}):
        assert (await send(browser, f"{interview}/outcome", fields)).status == 404
    assert not await world.rows(records.outcomes, interview_id=last_of(interview))


async def test_a_module_gets_the_faults_as_json(world: World) -> None:
    interview = await world.ended()
    page = await world.officer.ask_json("POST", f"{interview}/outcome", {**WISH, "reasons": ""})
    assert page.status == 422
    assert set(page.json["errors"]) == {"reasons"}
    page = await world.officer.ask_json("POST", f"{interview}/outcome", WISH)
    assert page.json == {"ok": True, "next": interview}


async def test_a_conclusion_is_audited_without_its_reasons(world: World) -> None:
    interview = await world.ended()
    await conclude(world, interview)
    rows = await world.rows(tables.audit, noun_id=last_of(interview))
    assert {"outcome:concluded", "interview:sealed"} <= {row["act"] for row in rows}
    assert not any("Labé" in row["detail"] for row in rows)
