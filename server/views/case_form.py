"""A case as the fields of its form."""

from collections.abc import Mapping, Sequence

from scheduling.case import Case


def case_values(case: Case) -> Mapping[str, Sequence[str]]:
    """Write the details of a case as the fields of its form."""
    texts = ("country", "family_name", "given_names", "birth_place", "sex", "guardian_name")
    return {
        **{name: [getattr(case, name)] for name in texts},
        "born_on": [case.born_on.isoformat() if case.born_on else ""],
        "languages": case.languages,
        "documents": ["\n".join(case.documents)],
        "is_minor": ["yes"] if case.is_minor else [],
        "vulnerabilities": case.vulnerabilities,
        "detained_on": [case.detained_on.isoformat()],
        "detention_ends_on": [case.detention_ends_on.isoformat()],
    }
