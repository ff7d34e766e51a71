"""What stands now of a form that somebody else saved meanwhile, in the words that its page has for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from aiohttp import web

from scheduling.rule import WEEKDAYS
from server.exchange import language
from server.forms import Form
from server.i18n import Language, mark
from server.moments import Moments
from server.pages import moments, words_of
from server.views.meanwhile import CHANGED, SHOWN, OvertakenError, differing, digest
from server.views.notices import FIELDS as NOTICE_FIELDS
from server.views.notices import TITLES as NOTICE_TITLES
from server.views.places import country_name, language_name

_LABELS = {
    "name": mark("Name"),
    "city": mark("Town"),
    "country": mark("Country"),
    "host_country": mark("Stands in"),
    "zone": mark("Time zone"),
    "embassy_id": mark("Reached through the embassy"),
    "accredited_to": mark("Also accredited to"),
    "languages": mark("Languages"),
    "contacts": mark("Focal points"),
    "auto_confirms": mark("A free slot is confirmed at once"),
    "is_active": mark("In use"),
    "equipment": mark("Equipment"),
    "email": mark("Email address"),
    "telephone": mark("Telephone"),
    "language": mark("Language of the mails"),
    "accepts_video": mark("Interviews by video are accepted"),
    "accepts_recording": mark("Recording is accepted"),
    "days_to_arrange": mark("Days to arrange an interview"),
    "days_to_issue": mark("Days to issue a laissez-passer"),
    "laissez_passer_days": mark("Days a laissez-passer is valid"),
    "documents_wanted": mark("Documents wanted with a request"),
    "may_attend": mark("Who may attend without being asked about"),
    "questions": mark("Questions usually asked"),
    "family_name": mark("Family name"),
    "given_names": mark("Given names"),
    "born_on": mark("Date of birth"),
    "birth_place": mark("Place of birth"),
    "sex": mark("Sex"),
    "documents": mark("Documents held"),
    "is_minor": mark("The person is, or says to be, under 18"),
    "guardian_name": mark("Guardian"),
    "vulnerabilities": mark("Needs"),
    "detained_on": mark("Detained since"),
    "detention_ends_on": mark("Detention must end on"),
    "weekly": mark("Every week"),
    "openings": mark("Open beyond these hours"),
    "closures": mark("Closed"),
    "worked": mark("Public holidays on which you work"),
    "slot_minutes": mark("Length of an interview, in minutes"),
    "lead_hours": mark("Notice wanted, in hours"),
    "daily_quota": mark("Interviews a day at most (empty: no limit)"),
    "seats": mark("Interviews at the same time"),
    **dict(zip(NOTICE_FIELDS, NOTICE_TITLES, strict=True)),
}
_FLAGS = {"auto_confirms", "is_active", "accepts_video", "accepts_recording", "is_minor"}
_DAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))
_MAILS = {"fr": "Français", "en": "English"}
_CLASS = "class-"


def meanwhile(
    request: web.Request,
    form: Form,
    overtaken: OvertakenError | None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Give what a form that comes back goes by: what it showed first or, once overtaken, what stands now."""
    if overtaken is None:
        return {"shown": form.value(SHOWN), "stands": ()}
    form.fault(SHOWN, language(request).gettext(CHANGED))
    now = Form(overtaken.now)
    stands = Stands(now, language(request), moments(request), words_of(request), names)
    return {"shown": digest(overtaken.now), "stands": stands.said(differing(form, now))}


@dataclass(frozen=True, slots=True)
class Stands:
    """Says the fields of a form for one reader; `words` are the words of codes, `names` those of posts."""

    form: Form
    reader: Language
    moments: Moments
    words: Any
    names: Mapping[str, str]

    def said(self, parts: Iterable[str]) -> list[tuple[str, str]]:
        """Give label and words of each part of the form."""
        return [(self._label(part), self._text(part)) for part in parts]

    def _label(self, part: str) -> str:
        if part.startswith(_CLASS):
            return str(self.words.evidence_kind(part.removeprefix(_CLASS)))
        return self.reader.gettext(_LABELS.get(part, part))

    def _text(self, part: str) -> str:
        _ = self.reader.gettext
        if part in _FLAGS:
            return _("Yes") if self.form.has(part, "yes") else _("No")
        if part.startswith(_CLASS):
            return (
                str(self.words.evidence_class(self.form.value(part))) if self.form.value(part) else _("usual")
            )
        lists = {
            "contacts": self._contacts,
            "weekly": self._weekly,
            "openings": self._dated,
            "closures": self._dated,
        }
        texts = (
            lists[part](part)
            if part in lists
            else [self._word(part, each) for each in self.form.values(part)]
        )
        return ("; " if part in lists else ", ").join(filter(None, texts)) or _("nothing")

    def _word(self, part: str, value: str) -> str:
        if part in {"country", "host_country", "accredited_to"}:
            return country_name(value, self.reader)
        if part in {"born_on", "detained_on", "detention_ends_on"}:
            return self.moments.date(date.fromisoformat(value))
        if part == "worked":
            return self.moments.weekday(date.fromisoformat(value))
        if part == "languages":
            return language_name(value, self.reader)
        said = {
            "equipment": self.words.equipment,
            "documents_wanted": self.words.presentation,
            "may_attend": self.words.participant,
            "vulnerabilities": self.words.vulnerability,
            "sex": self.words.sex,
        }.get(part, {"language": _MAILS, "embassy_id": self.names}.get(part, {}).get)
        return str(said(value) or value)

    def _contacts(self, _part: str) -> Sequence[str]:
        fields = ("name", "email", "telephone")
        return [self._joined(f"contact-{field}-{n}" for field in fields) for n in self._rows("contact-name-")]

    def _weekly(self, _part: str) -> Sequence[str]:
        return [
            f"{self._weekdays(n)} {self.form.value(f'from-{n}')}\N{EN DASH}{self.form.value(f'to-{n}')}"
            for n in self._rows("from-")
        ]

    def _weekdays(self, n: str) -> str:
        ticked = self.form.values(f"days-{n}")
        return ", ".join(
            self.reader.gettext(words) for code, words in zip(WEEKDAYS, _DAYS, strict=True) if code in ticked
        )

    def _dated(self, part: str) -> Sequence[str]:
        kind = "open" if part == "openings" else "shut"
        return [self._date(kind, n) for n in self._rows(f"{kind}-on-")]

    def _date(self, kind: str, n: str) -> str:
        on, until, starts, ends = (
            self.form.value(f"{kind}-{field}-{n}") for field in ("on", "until", "from", "to")
        )
        days = "\N{EN DASH}".join(
            self.moments.date(date.fromisoformat(day)) for day in dict.fromkeys((on, until)) if day
        )
        hours = f"{starts}\N{EN DASH}{ends}" if starts else ""
        return ", ".join(filter(None, (days, hours, self.form.value(f"{kind}-reason-{n}"))))

    def _rows(self, prefix: str) -> list[str]:
        return [name.removeprefix(prefix) for name in self.form.names if name.startswith(prefix)]

    def _joined(self, fields: Iterable[str]) -> str:
        return ", ".join(filter(None, map(self.form.value, fields)))
