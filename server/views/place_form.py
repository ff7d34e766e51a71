"""Posts, centres, rooms, interpreters and country profiles as their forms show and send them."""

from collections.abc import Iterable, Sequence
from zoneinfo import available_timezones

from recordings.evidence import DEFAULT_CLASSES, EvidenceClass, EvidenceKind
from scheduling.case import Document
from scheduling.focal_point import MOST_FOCAL_POINTS, FocalPoint
from scheduling.interpreter import Interpreter
from scheduling.participant import ParticipantRole
from scheduling.post import Post
from scheduling.profile import MOST_QUESTION_CHARS, MOST_QUESTIONS, CountryProfile
from scheduling.site import Authority, Centre, Equipment, Room
from server.forms import Form
from server.i18n import Language
from server.views.places import is_country, languages, member_states

Values = dict[str, Sequence[str]]
GUESTS = (
    ParticipantRole.INTERPRETER,
    ParticipantRole.LAWYER,
    ParticipantRole.GUARDIAN,
    ParticipantRole.LIAISON_OFFICER,
    ParticipantRole.OBSERVER,
)
_SITE = ("name", "country", "city", "zone")
_DAYS = ("days_to_arrange", "days_to_issue", "laissez_passer_days")
_MOST_DAYS_DIGITS = 4


def post_values(post: Post, focal_points: Sequence[FocalPoint]) -> Values:
    """Write a post as the fields of its form."""
    values: Values = {
        name: [getattr(post, name)] for name in ("name", "country", "host_country", "city", "zone")
    }
    values |= {
        "languages": post.languages,
        "accredited_to": sorted(post.accredited_to),
        "embassy_id": [post.embassy_id or ""],
        "auto_confirms": _yes(post.auto_confirms),
        "is_active": _yes(post.is_active),
    }
    return values | _contact_values(focal_points)


def centre_values(centre: Centre, focal_points: Sequence[FocalPoint]) -> Values:
    """Write a centre as the fields of its form."""
    return {**site_values(centre), "is_active": _yes(centre.is_active), **_contact_values(focal_points)}


def officers_values(values: Values) -> Values:
    """Keep the fields of a post that its officers are shown."""
    own = ("languages", "auto_confirms", "contact-")
    return {name: texts for name, texts in values.items() if name.startswith(own)}


def site_values(site: Centre | Authority) -> Values:
    """Write what the forms of a centre and of an authority share."""
    return {name: [getattr(site, name)] for name in _SITE}


def room_values(room: Room) -> Values:
    """Write a room as the fields of its form."""
    return {"name": [room.name], "equipment": room.equipment, "is_active": _yes(room.is_active)}


def interpreter_values(interpreter: Interpreter) -> Values:
    """Write an interpreter as the fields of the form."""
    names = ("name", "country", "zone", "email", "telephone", "language")
    values: Values = {name: [getattr(interpreter, name)] for name in names}
    return values | {"languages": interpreter.languages, "is_active": _yes(interpreter.is_active)}


def profile_values(profile: CountryProfile) -> Values:
    """Write a country profile as the fields of its form."""
    values: Values = {name: [str(getattr(profile, name) or "")] for name in _DAYS}
    for name in ("accepts_video", "accepts_recording", "auto_confirms"):
        values[name] = _yes(getattr(profile, name))
    values |= {"documents_wanted": profile.documents_wanted, "may_attend": profile.may_attend}
    values["questions"] = ["\n".join(profile.questions)]
    return values | {f"class-{kind}": [of] for kind, of in profile.evidence_classes.items()}


def _contact_values(focal_points: Sequence[FocalPoint]) -> Values:
    values: Values = {}
    for n, each in enumerate(focal_points):
        values |= {f"contact-name-{n}": [each.name], f"contact-email-{n}": [each.email]}
        values[f"contact-telephone-{n}"] = [each.telephone]
    return values


def _yes(flag: bool) -> Sequence[str]:
    return ["yes"] if flag else []


class PlaceReader:
    """Reads one form; what cannot be stands in its faults, and what is given back is then not used."""

    def __init__(self, form: Form, reader: Language) -> None:
        self.form = form
        self._reader, self._ = reader, reader.gettext

    def post(self, post_id: str) -> tuple[Post, list[FocalPoint]]:
        """Read a whole post, as an administrator sends it."""
        post = Post(
            id=post_id,
            name=self._text("name", missing=self._("Enter the name")),
            country=self._country("country"),
            host_country=self._country("host_country"),
            city=self._text("city", most=100),
            zone=self._zone(),
            languages=self._languages(),
            accredited_to=frozenset(
                each for each in self.form.values("accredited_to") if self._is_country(each)
            ),
            embassy_id=self.form.value("embassy_id") or None,
            auto_confirms=self.form.has("auto_confirms", "yes"),
            is_active=self.form.has("is_active", "yes"),
        )
        return post, self.focal_points()

    def officers_part(self, post: Post) -> tuple[Post, list[FocalPoint]]:
        """Read what an officer may send; the rest is what stands."""
        values = {
            name: getattr(post, name) for name in ("id", "name", "country", "host_country", "city", "zone")
        }
        changed = Post(
            **values, languages=self._languages(), auto_confirms=self.form.has("auto_confirms", "yes")
        )
        return changed, self.focal_points()

    def focal_points(self) -> list[FocalPoint]:
        """Read the contacts; one needs a name."""
        found = []
        for n in range(MOST_FOCAL_POINTS):
            email, telephone = self._text(f"contact-email-{n}"), self._text(f"contact-telephone-{n}", most=40)
            missing = self._("Enter the name of this contact") if email or telephone else None
            name = self._text(f"contact-name-{n}", missing=missing)
            if email and "@" not in email:
                self.form.fault(f"contact-email-{n}", self._("Write an email address with an @"))
            if name:
                found.append(FocalPoint(name, email, telephone))
        return found

    def centre(self, centre_id: str) -> tuple[Centre, list[FocalPoint]]:
        """Read a centre."""
        centre = Centre(id=centre_id, **self._site(), is_active=self.form.has("is_active", "yes"))
        return centre, self.focal_points()

    def authority(self, authority_id: str) -> Authority:
        """Read an authority."""
        return Authority(id=authority_id, **self._site())

    def _site(self) -> dict[str, str]:
        country = self.form.value("country")
        if country not in dict(member_states(self._reader)):
            self.form.fault("country", self._("Choose a member state"))
        return {
            "name": self._text("name", missing=self._("Enter the name")),
            "country": country,
            "city": self._text("city", most=100),
            "zone": self._zone(),
        }

    def room(self, room_id: str, centre_id: str) -> Room:
        """Read a room."""
        return Room(
            id=room_id,
            centre_id=centre_id,
            name=self._text("name", missing=self._("Enter the name"), most=100),
            equipment=self._known("equipment", Equipment),
            is_active=self.form.has("is_active", "yes"),
        )

    def interpreter(self, interpreter_id: str) -> Interpreter:
        """Read an interpreter."""
        spoken = self._languages()
        if not spoken:
            self.form.fault("languages", self._("Tick at least one language"))
        return Interpreter(
            id=interpreter_id,
            country=self._country("country"),
            name=self._text("name", missing=self._("Enter the name")),
            languages=spoken,
            zone=self._zone(),
            email=self._text("email"),
            telephone=self._text("telephone", most=40),
            language=self.form.value("language") if self.form.value("language") in {"fr", "en"} else "fr",
            is_active=self.form.has("is_active", "yes"),
        )

    def profile(self, country: str, member_state: str) -> CountryProfile:
        """Read a country profile; a class that is the usual one is not kept."""
        days = {name: self._days(name) for name in _DAYS}
        classes = {}
        for kind in EvidenceKind:
            of = self.form.value(f"class-{kind}")
            if of in set(EvidenceClass) and of != DEFAULT_CLASSES[kind]:
                classes[str(kind)] = of
        return CountryProfile(
            country=country,
            member_state=member_state,
            accepts_video=self.form.has("accepts_video", "yes"),
            accepts_recording=self.form.has("accepts_recording", "yes"),
            auto_confirms=self.form.has("auto_confirms", "yes"),
            documents_wanted=self._known("documents_wanted", Document),
            may_attend=tuple(role for role in GUESTS if self.form.has("may_attend", role)),
            evidence_classes=classes,
            questions=self._questions(),
            **days,
        )

    def _questions(self) -> tuple[str, ...]:
        lines = [" ".join(line.split()) for line in self.form.value("questions").splitlines()]
        questions = tuple(dict.fromkeys(filter(None, lines)))
        if len(questions) > MOST_QUESTIONS:
            self.form.fault("questions", self._("Write %(n)s questions at most") % {"n": MOST_QUESTIONS})
        elif any(len(each) > MOST_QUESTION_CHARS for each in questions):
            too_long = self._("Write %(n)s characters at most in each question")
            self.form.fault("questions", too_long % {"n": MOST_QUESTION_CHARS})
        return questions

    def _days(self, name: str) -> int | None:
        text = self.form.value(name).strip()
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= _MOST_DAYS_DIGITS and int(text) > 0:
            return int(text)
        self.form.fault(name, self._("Write a number of days from 1 to 3650, or nothing"))
        return None

    def _text(self, name: str, *, missing: str | None = None, most: int = 200) -> str:
        too_long = self._("Write %(n)s characters at most") % {"n": most}
        return self.form.text(name, missing=missing, too_long=too_long, most_chars=most)

    def _is_country(self, code: str) -> bool:
        return is_country(code, self._reader)

    def _country(self, name: str) -> str:
        code = self.form.value(name)
        if not self._is_country(code):
            self.form.fault(name, self._("Choose a country"))
        return code

    def _zone(self) -> str:
        zone = self.form.value("zone").strip()
        if zone not in available_timezones():
            self.form.fault("zone", self._("Write a time zone that exists, for example Africa/Conakry"))
        return zone

    def _languages(self) -> tuple[str, ...]:
        known = {code for code, _name in languages(self._reader)}
        return tuple(code for code in self.form.values("languages") if code in known)

    def _known(self, name: str, among: Iterable[str]) -> tuple[str, ...]:
        return tuple(str(each) for each in among if self.form.has(name, each))
