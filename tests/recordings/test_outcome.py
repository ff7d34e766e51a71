"""The rules of an outcome."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.evidence import MERE_WORD, Evidence, EvidenceClass, EvidenceKind, Form
from recordings.outcome import (
    REASONS_LIMIT_CHARACTERS,
    OutcomeValue,
    Proposal,
    Rule,
    TravelDocumentAnswer,
    Verdict,
    judge,
    weigh,
)
from scheduling.interview import Ending
from tests.support.records_bytes import item

K, V, A = EvidenceKind, OutcomeValue, TravelDocumentAnswer
TODAY = date(2026, 9, 21)
PLAIN = {
    V.NATIONALITY_CONFIRMED: Proposal(V.NATIONALITY_CONFIRMED, (item(K.NATIONAL_PASSPORT),), "seen", A.YES),
    V.NATIONALITY_DENIED: Proposal(V.NATIONALITY_DENIED, (), "speaks another language", A.NO),
    V.VERIFICATION_ONGOING: Proposal(
        V.VERIFICATION_ONGOING, (), "sent to the capital", A.LATER, back_on=TODAY + timedelta(days=1)
    ),
    V.INCONCLUSIVE: Proposal(V.INCONCLUSIVE, (), "too little", A.NO),
    V.NO_FINDING: Proposal(V.NO_FINDING, (), "did not speak", A.NO),
}


def judged(proposal: Proposal, ending: Ending = Ending.PERSON_REFUSED) -> Verdict:
    return judge(proposal, ending=ending, post_country="GN", today=TODAY)


def broken(proposal: Proposal, ending: Ending = Ending.PERSON_REFUSED) -> set[Rule]:
    return {finding.rule for finding in judged(proposal, ending).broken}


@pytest.mark.parametrize("value", V)
def test_each_value_can_be_concluded(value: OutcomeValue) -> None:
    verdict = judged(PLAIN[value])
    assert verdict.is_admissible
    assert verdict.broken == ()
    assert verdict.value is value


@pytest.mark.parametrize(
    ("kinds", "carries"),
    [
        ([], False),
        ([K.NATIONAL_PASSPORT], True),
        ([K.IDENTITY_CARD, K.PERSON_STATEMENT], True),
        ([K.BIRTH_CERTIFICATE], False),
        ([K.BIRTH_CERTIFICATE, K.DRIVING_LICENCE], True),
        ([K.BIRTH_CERTIFICATE, K.PERSON_STATEMENT], True),
        ([K.BIRTH_CERTIFICATE, K.LANGUAGE_SPOKEN], True),
        ([K.WITNESS_STATEMENT, K.LANGUAGE_SPOKEN], True),
        ([K.PERSON_STATEMENT, K.LANGUAGE_SPOKEN], False),
        ([K.LANGUAGE_TEST, K.LANGUAGE_SPOKEN, K.PERSON_STATEMENT], False),
        ([K.FINGERPRINTS, K.DNA_TEST, K.REGISTER_MATCH], False),
        ([K.BIRTH_CERTIFICATE, K.FINGERPRINTS], False),
    ],
)
def test_a_confirmation_rests_on_a_proof_or_on_two_prima_facie_of_which_one_is_more_than_word(
    kinds: list[EvidenceKind], carries: bool
) -> None:
    proposal = replace(PLAIN[V.NATIONALITY_CONFIRMED], cited=tuple(item(kind) for kind in kinds))
    assert judged(proposal).is_admissible is carries
    assert (Rule.RESTS_ON_EVIDENCE in broken(proposal)) is not carries


def test_one_item_cited_twice_is_one_item() -> None:
    certificate = item(K.BIRTH_CERTIFICATE)
    proposal = replace(PLAIN[V.NATIONALITY_CONFIRMED], cited=(certificate, certificate))
    assert broken(proposal) == {Rule.RESTS_ON_EVIDENCE}


def test_photocopies_of_passports_confirm_as_two_prima_facie_only() -> None:
    copy = item(K.NATIONAL_PASSPORT, Form.COPY)
    assert not weigh([copy]).carries_confirmation
    assert weigh([copy, item(K.IDENTITY_CARD, Form.COPY)]).carries_confirmation


def test_a_statement_that_a_profile_calls_proof_is_proof() -> None:
    assert weigh([item(K.LANGUAGE_TEST, None, EvidenceClass.PROOF)]).carries_confirmation


@given(st.lists(st.builds(item, st.sampled_from(list(K)), st.sampled_from(list(Form))), max_size=6))
def test_the_rule_of_confirmation_holds_for_every_mixture(items: list[Evidence]) -> None:
    proofs = [i for i in items if i.evidence_class is EvidenceClass.PROOF]
    prima_facie = [i for i in items if i.evidence_class is EvidenceClass.PRIMA_FACIE]
    expected = len(proofs) > 0 or (len(prima_facie) > 1 and not {i.kind for i in prima_facie} <= MERE_WORD)
    assert judged(replace(PLAIN[V.NATIONALITY_CONFIRMED], cited=tuple(items))).is_admissible is expected


@given(st.lists(st.builds(item, st.sampled_from(list(K))), min_size=1, max_size=6), st.data())
def test_more_evidence_never_weakens_a_confirmation(items: list[Evidence], data: st.DataObject) -> None:
    fewer = data.draw(st.lists(st.sampled_from(items)))
    assert weigh(items).carries_confirmation or not weigh(fewer).carries_confirmation


def test_the_weight_counts_what_the_panel_shows() -> None:
    weight = weigh([item(k) for k in (K.SEAMANS_BOOK, K.BIRTH_CERTIFICATE, K.LANGUAGE_SPOKEN, K.DNA_TEST)])
    counts = (weight.proof, weight.prima_facie, weight.prima_facie_beyond_word, weight.starts_verification)
    assert counts == (1, 2, 1, 1)


@pytest.mark.parametrize("value", V)
@pytest.mark.parametrize("reasons", ["", "   \n\t"])
def test_no_outcome_stands_without_reasons(value: OutcomeValue, reasons: str) -> None:
    assert broken(replace(PLAIN[value], reasons=reasons)) == {Rule.REASONS_ARE_GIVEN}


def test_reasons_have_a_limit() -> None:
    longest = replace(PLAIN[V.INCONCLUSIVE], reasons="x" * REASONS_LIMIT_CHARACTERS)
    assert judged(longest).is_admissible
    assert broken(replace(longest, reasons=longest.reasons + "x")) == {Rule.REASONS_ARE_NOT_TOO_LONG}


@pytest.mark.parametrize(
    ("value", "answers"),
    [
        (V.NATIONALITY_CONFIRMED, {A.YES, A.NO, A.LATER}),
        (V.NATIONALITY_DENIED, {A.NO}),
        (V.VERIFICATION_ONGOING, {A.NO, A.LATER}),
        (V.INCONCLUSIVE, {A.NO, A.LATER}),
        (V.NO_FINDING, {A.NO, A.LATER}),
    ],
)
def test_a_laissez_passer_is_promised_to_a_confirmed_national_only(
    value: OutcomeValue, answers: set[TravelDocumentAnswer]
) -> None:
    fitting = {a for a in A if judged(replace(PLAIN[value], travel_document=a)).is_admissible}
    assert fitting == answers


@pytest.mark.parametrize(
    ("value", "country", "fits"),
    [
        (V.NATIONALITY_DENIED, "SN", True),
        (V.NATIONALITY_DENIED, None, True),
        (V.NATIONALITY_DENIED, "GN", False),
        (V.NATIONALITY_DENIED, "Senegal", False),
        (V.NATIONALITY_DENIED, "sn", False),
        (V.NATIONALITY_DENIED, "", False),
        (V.INCONCLUSIVE, "SN", False),
        (V.NATIONALITY_CONFIRMED, "SN", False),
    ],
)
def test_only_a_denial_may_name_another_country(value: OutcomeValue, country: str | None, fits: bool) -> None:
    expected = set() if fits else {Rule.PRESUMED_COUNTRY_FITS}
    assert broken(replace(PLAIN[value], presumed_country=country)) == expected


@pytest.mark.parametrize(("days", "fits"), [(None, False), (-1, False), (0, False), (1, True), (400, True)])
def test_an_ongoing_verification_comes_back_on_a_later_day(days: int | None, fits: bool) -> None:
    back_on = None if days is None else TODAY + timedelta(days=days)
    expected = set() if fits else {Rule.COMES_BACK_LATER}
    assert broken(replace(PLAIN[V.VERIFICATION_ONGOING], back_on=back_on)) == expected


@pytest.mark.parametrize("value", sorted(set(V) - {V.VERIFICATION_ONGOING}))
def test_nothing_else_has_a_day_to_come_back(value: OutcomeValue) -> None:
    proposal = replace(PLAIN[value], back_on=TODAY + timedelta(days=9))
    assert broken(proposal) == {Rule.NO_DATE_TO_COME_BACK}


@pytest.mark.parametrize("ending", Ending)
def test_no_finding_needs_an_ending_without_one(ending: Ending) -> None:
    fits = ending not in {Ending.NORMAL, Ending.ENDED_BY_POST, Ending.PROTECTION_STOP}
    assert broken(PLAIN[V.NO_FINDING], ending) == (set() if fits else {Rule.ENDING_FITS})


@pytest.mark.parametrize("ending", Ending)
def test_an_ending_limits_no_other_value(ending: Ending) -> None:
    assert judged(PLAIN[V.INCONCLUSIVE], ending).is_admissible


def test_citing_an_item_that_is_not_of_the_interview_is_refused() -> None:
    assert broken(replace(PLAIN[V.INCONCLUSIVE], unknown_ids=("x" * 26,))) == {Rule.EVIDENCE_IS_KNOWN}


def test_every_finding_names_a_field_of_the_form() -> None:
    fields = {finding.field for value in V for finding in judged(PLAIN[value]).findings}
    assert fields == {"evidence", "reasons", "travel_document", "presumed_country", "back_on", "value"}
