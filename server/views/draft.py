"""A request while it is put together: carried from page to page in addresses and forms, kept nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from scheduling.booking import Modality
from scheduling.guest import MOST_GUESTS, Invited
from scheduling.participant import ParticipantRole
from server.exchange import url_for
from server.forms import Form
from server.views.slots import read_slot_value

CARRIED = ("modality", "interpreter", "slot", "disclosed")
"""What may stand in an address: codes, identifiers and times, never a name."""
GUEST_ROLES = (
    ParticipantRole.LAWYER,
    ParticipantRole.GUARDIAN,
    ParticipantRole.LIAISON_OFFICER,
    ParticipantRole.OBSERVER,
)
GUEST_PARTS = ("role", "name", "email", "telephone", "language")
_TYPED = ("role", "name", "email", "telephone")
_GUEST = tuple(f"{part}_{n}" for n in range(1, MOST_GUESTS + 1) for part in GUEST_PARTS)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen so far, by field."""

    values: Mapping[str, Sequence[str]]

    @property
    def modality(self) -> Modality | None:
        """How the interview shall be held, if that is said in a known word."""
        chosen = next(iter(self.values.get("modality", ())), "")
        return Modality(chosen) if chosen in set(Modality) else None

    @property
    def interpreter(self) -> str | None:
        """The language that somebody shall interpret, if any."""
        return next(iter(self.values.get("interpreter", ())), "") or None

    @property
    def slots(self) -> list[str]:
        """The wishes by their values, the dearest first."""
        return list(dict.fromkeys(each for each in self.values.get("slot", ()) if read_slot_value(each)))

    @property
    def wishes(self) -> list[tuple[str, datetime]]:
        """The wishes as rooms and starts."""
        return [wish for each in self.slots if (wish := read_slot_value(each))]

    @property
    def names_somebody(self) -> bool:
        """Whether it holds what no address may hold."""
        seats = range(1, MOST_GUESTS + 1)
        return any(text for n in seats for part in _TYPED for text in self.values.get(f"{part}_{n}", ()))

    @property
    def seats(self) -> range:
        """The numbers of the guests who find a seat."""
        return range(1, MOST_GUESTS + 1 - (self.interpreter is not None))

    def with_slots(self, slots: Sequence[str]) -> "Draft":
        """Return it with other wishes."""
        return Draft({**self.values, "slot": list(slots)})

    def hidden(self, *but: str) -> list[tuple[str, str]]:
        """List what a form carries on, without the fields that it shows itself."""
        return [(name, text) for name, texts in self.values.items() if name not in but for text in texts]

    def href(self, request: web.Request, name: str, **more: str) -> str:
        """Return the address of a step with what may stand in it."""
        parts = {key: request.match_info[key] for key in ("case_id", "post_id")}
        pairs = [(name, text) for name in CARRIED for text in self.values.get(name, ())]
        return str(request.app.router[name].url_for(**parts).with_query([*pairs, *more.items()]))

    def action(self, request: web.Request, name: str) -> str:
        """Return the bare address of a step, for a form that carries the rest."""
        return url_for(request, name, **{key: request.match_info[key] for key in ("case_id", "post_id")})

    def invited(self, language: str) -> list[Invited]:
        """Return the guests whose role and name are known; mails use `language` where none is chosen."""
        rows = [self._row(n) for n in self.seats]
        return [
            Invited(
                role=ParticipantRole(row["role"]),
                name=row["name"],
                email=row["email"],
                telephone=row["telephone"],
                language=row["language"] or language,
            )
            for row in rows
            if row["name"] and row["role"] in {*GUEST_ROLES}
        ]

    def _row(self, n: int) -> dict[str, str]:
        return {part: next(iter(self.values.get(f"{part}_{n}", ())), "").strip() for part in GUEST_PARTS}


def draft_from(request: web.Request, form: Form) -> Draft:
    """Read it from the form, or from the address of a page that was followed."""
    if request.method == "POST":
        return Draft({name: form.values(name) for name in (*CARRIED, *_GUEST)})
    usual = {"modality": [Modality.VIDEO.value]}
    return Draft({name: request.query.getall(name, usual.get(name, [])) for name in CARRIED})


def moved(slots: Sequence[str], form: Form, *, most: int) -> list[str] | None:
    """Return the wishes after a click on the page of slots; None when one more finds no place."""
    out = list(slots)
    added = form.value("add")
    if read_slot_value(added):
        if added in out:
            out.remove(added)
        elif most == 1:
            out = [added]
        elif len(out) >= most:
            return None
        else:
            out.append(added)
    for button, step in (("up", -1), ("down", 1)):
        if (at := form.value(button)) in out and 0 <= out.index(at) + step < len(out):
            first = out.index(at)
            out[first], out[first + step] = out[first + step], out[first]
    return [each for each in out if each != form.value("drop")]
