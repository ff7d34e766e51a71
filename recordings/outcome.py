"""The outcome of an identification: its values, and the rules that let a post conclude one.

`judge` never raises: its verdict holds every rule, met or not, beside the field that it speaks about.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from recordings.evidence import Evidence, EvidenceClass
from scheduling.interview import Ending

REASONS_LIMIT_CHARACTERS = 20_000
PRIMA_FACIE_NEEDED = 2
NEARS = timedelta(days=7)
"""How long before its day an ongoing verification is looked for."""
COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2


class OutcomeValue(StrEnum):
    """What a post may conclude."""

    NATIONALITY_CONFIRMED = "nationality_confirmed"
    NATIONALITY_DENIED = "nationality_denied"
    VERIFICATION_ONGOING = "verification_ongoing"
    INCONCLUSIVE = "inconclusive"
    NO_FINDING = "no_finding"


class TravelDocumentAnswer(StrEnum):
    """Whether a laissez-passer will be issued."""

    YES = "yes"
    NO = "no"
    LATER = "later"


class Rule(StrEnum):
    """What is asked of an outcome; each rule speaks about one field of the form."""

    EVIDENCE_IS_KNOWN = "evidence_is_known"
    RESTS_ON_EVIDENCE = "rests_on_evidence"
    REASONS_ARE_GIVEN = "reasons_are_given"
    REASONS_ARE_NOT_TOO_LONG = "reasons_are_not_too_long"
    TRAVEL_DOCUMENT_FITS = "travel_document_fits"
    PRESUMED_COUNTRY_FITS = "presumed_country_fits"
    COMES_BACK_LATER = "comes_back_later"
    NO_DATE_TO_COME_BACK = "no_date_to_come_back"
    ENDING_FITS = "ending_fits"


_Value, _Answer = OutcomeValue, TravelDocumentAnswer
ANSWERS_THAT_FIT = {
    _Value.NATIONALITY_CONFIRMED: frozenset(_Answer),
    _Value.NATIONALITY_DENIED: frozenset({_Answer.NO}),
    _Value.VERIFICATION_ONGOING: frozenset({_Answer.NO, _Answer.LATER}),
    _Value.INCONCLUSIVE: frozenset({_Answer.NO, _Answer.LATER}),
    _Value.NO_FINDING: frozenset({_Answer.NO, _Answer.LATER}),
}
ENDINGS_WITHOUT_FINDING = frozenset(
    {
        Ending.PERSON_REFUSED,
        Ending.PERSON_ABSENT,
        Ending.POST_ABSENT,
        Ending.INTERPRETER_ABSENT,
        Ending.TECHNICAL_FAILURE,
        Ending.ENDED_BY_PERSON,
        Ending.ENDED_BY_CENTRE,
    }
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer wants to conclude, before any rule was asked."""

    value: OutcomeValue
    cited: tuple[Evidence, ...]
    reasons: str
    travel_document: TravelDocumentAnswer
    presumed_country: str | None = None
    back_on: date | None = None
    unknown_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """How many different items of each class stand together; beyond word: more than speech or statement."""

    proof: int
    prima_facie: int
    prima_facie_beyond_word: int
    starts_verification: int

    @property
    def carries_confirmation(self) -> bool:
        """Whether a confirmation may rest on this: a proof, or two prima facie, one of them beyond word."""
        enough = self.prima_facie >= PRIMA_FACIE_NEEDED and self.prima_facie_beyond_word >= 1
        return self.proof >= 1 or enough


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer; `field` is the form field that it speaks about."""

    rule: Rule
    field: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every rule that the proposed value brings with it, and the weight of the evidence cited."""

    value: OutcomeValue
    weight: Weight
    findings: tuple[Finding, ...]

    @property
    def is_admissible(self) -> bool:
        """Whether every rule is met."""
        return all(finding.is_met for finding in self.findings)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The rules that are not met."""
        return tuple(finding for finding in self.findings if not finding.is_met)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A concluded outcome; never edited, only superseded by one with the next version."""

    id: str
    interview_id: str
    version: int
    value: OutcomeValue
    travel_document: TravelDocumentAnswer
    presumed_country: str | None
    back_on: date | None
    evidence_ids: tuple[str, ...]
    concluded_at: datetime
    concluded_by: str
    post_id: str


def weigh(items: Iterable[Evidence]) -> Weight:
    """Count different items by class; one item cited twice counts once."""
    different = {item.id: item for item in items}.values()
    prima_facie = [item for item in different if item.evidence_class is EvidenceClass.PRIMA_FACIE]
    return Weight(
        proof=sum(item.evidence_class is EvidenceClass.PROOF for item in different),
        prima_facie=len(prima_facie),
        prima_facie_beyond_word=sum(not item.is_mere_word for item in prima_facie),
        starts_verification=sum(
            item.evidence_class is EvidenceClass.STARTS_VERIFICATION for item in different
        ),
    )


def judge(proposal: Proposal, *, ending: Ending | None, post_country: str, today: date) -> Verdict:
    """Ask every rule that the value brings; `ending` is the interview's, `today` the post's day."""
    weight = weigh(proposal.cited)
    reasons = proposal.reasons.strip()
    findings = [
        Finding(Rule.EVIDENCE_IS_KNOWN, "evidence", not proposal.unknown_ids),
        Finding(Rule.REASONS_ARE_GIVEN, "reasons", bool(reasons)),
        Finding(Rule.REASONS_ARE_NOT_TOO_LONG, "reasons", len(reasons) <= REASONS_LIMIT_CHARACTERS),
        Finding(
            Rule.TRAVEL_DOCUMENT_FITS,
            "travel_document",
            proposal.travel_document in ANSWERS_THAT_FIT[proposal.value],
        ),
        Finding(Rule.PRESUMED_COUNTRY_FITS, "presumed_country", _country_fits(proposal, post_country)),
    ]
    if proposal.value is _Value.NATIONALITY_CONFIRMED:
        findings.append(Finding(Rule.RESTS_ON_EVIDENCE, "evidence", weight.carries_confirmation))
    if proposal.value is _Value.VERIFICATION_ONGOING:
        later = proposal.back_on is not None and proposal.back_on > today
        findings.append(Finding(Rule.COMES_BACK_LATER, "back_on", later))
    else:
        findings.append(Finding(Rule.NO_DATE_TO_COME_BACK, "back_on", proposal.back_on is None))
    if proposal.value is _Value.NO_FINDING:
        findings.append(Finding(Rule.ENDING_FITS, "value", ending in ENDINGS_WITHOUT_FINDING))
    return Verdict(proposal.value, weight, tuple(findings))


def _country_fits(proposal: Proposal, post_country: str) -> bool:
    """Whether a presumed country is absent, or named by a denial, well written and not the post's own."""
    country = proposal.presumed_country
    if country is None:
        return True
    return (
        proposal.value is _Value.NATIONALITY_DENIED
        and COUNTRY.fullmatch(country) is not None
        and country != post_country
    )
