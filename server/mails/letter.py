"""A mail as it is read: subject, plain text, HTML and calendar entry, in one person's language and zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from scheduling.booking import Modality
from scheduling.calendar import Entry, message_text
from server.i18n import Language
from server.mails.addressee import Addressee
from server.mails.subject import Subject
from server.moments import Moments
from server.templating import Templates
from server.ways import MODALITIES, calendar_title, how_it_is_held

LINK_SECRET = "{guest-link}"  # noqa: S105 - what stands for a secret, which is nowhere before it leaves
_CALLS_OFF = frozenset({"cancelled", "left"})
_INVITES = frozenset({"confirmed", "moved", "guests_decided"}) | _CALLS_OFF


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail's words; `calendar` is an iTIP message or None."""

    subject: str
    text: str
    html: str
    calendar: str | None


@dataclass(frozen=True, slots=True)
class Stationery:
    """What every letter of this house is written on."""

    templates: Templates
    url: str
    sender: str

    def write(
        self,
        event: str,
        subject: Subject,
        to: Addressee,
        reader: Language,
        now: datetime,
        *,
        has_link: bool = False,
    ) -> Letter:
        """Write what one person reads of an event; no name of a person is known here.

        Where a guest's link will stand, `LINK_SECRET` does: its secret is put in when the mail leaves.
        """
        lines = _lines(event, subject, to, reader)
        page = f"{self.url}/bookings/{subject.booking.id}" if to.audience.has_page else ""
        facts = {
            "lang": reader.code,
            "reference": subject.reference,
            "audience": to.audience.value,
            "is_off": event in _CALLS_OFF,
            "lines": lines,
            "url": page,
            "link": f"{self.url}/guest#{LINK_SECRET}" if has_link else "",
            "centre": subject.centre_name,
            "telephone": subject.telephone,
        }
        plain = {**facts, "_": reader.gettext}
        marked = {**facts, "_": _marked(reader.gettext)}
        return Letter(
            self._render(event, "subject.txt", plain).strip(),
            self._render(event, "body.txt", plain).strip() + "\n",
            self._render(event, "body.html", marked),
            self._calendar(subject, to, reader, page, now) if event in _INVITES else None,
        )

    def _render(self, event: str, name: str, facts: dict[str, Any]) -> str:
        return self.templates.template(f"mail/{event}/{name}").render(facts)

    def _calendar(self, subject: Subject, to: Addressee, reader: Language, page: str, now: datetime) -> str:
        modality = subject.booking.modality
        title = calendar_title(modality, subject.reference, reader)
        place = "" if modality is Modality.IN_PERSON else subject.place
        entry = Entry(booking=subject.booking, title=title, place=place, url=page)
        return message_text(entry, organizer=self.sender, attendee=to.address, now=now)


def _lines(event: str, subject: Subject, to: Addressee, reader: Language) -> list[tuple[str, str]]:
    """Give what stands below the words: reference, time in the zones concerned, way and place."""
    _ = reader.gettext
    starts_at, ends_at = subject.booking.starts_at, subject.booking.ends_at
    if event == "proposed" and subject.proposed is not None:
        starts_at, ends_at = subject.proposed
    zones = [to.zone]
    if to.audience.has_page:
        zones += [subject.centre_zone, subject.post_zone]
    when = Moments(reader.locale, to.zone)
    offsets: dict[Any, str] = {}
    for zone in zones:
        offsets.setdefault(starts_at.astimezone(when.local(starts_at, zone).tzinfo).utcoffset(), zone)
    times = [
        f"{when.weekday(starts_at, zone)}, {when.times(starts_at, ends_at, zone)}"
        f" ({when.zone_name(starts_at, zone)})"
        for zone in offsets.values()
    ]
    lines = [(_("Reference"), subject.reference)]
    lines += [(_("When") if at == 0 else _("That is"), text) for at, text in enumerate(times)]
    modality = subject.booking.modality
    lines.append((_("Modality"), _(MODALITIES[modality])))
    held = how_it_is_held(modality, subject.telephone, reader)
    if held:
        lines.append((_("How it is held"), held))
    return lines if modality is Modality.IN_PERSON else [*lines, (_("Where the person is"), subject.place)]


def _marked(gettext: Callable[..., str]) -> Callable[..., Markup]:
    def marked(message: str, **variables: object) -> Markup:
        return Markup(gettext(message)) % variables  # noqa: S704 - our own words; variables are escaped

    return marked
