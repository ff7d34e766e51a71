"""Forms as they arrive: read once into memory, never to the disk, with a message beside each wrong field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.hdrs import METH_POST
from aiohttp.http_exceptions import HttpProcessingError

MOST_BYTES = 32 * 1024 * 1024
MOST_BYTES_SIGNED_OUT = 16 * 1024
MOST_PARTS = 200
_PIECE_BYTES = 64 * 1024
SPEAK = "speak"  # the button of the other language: the form comes to be shown again, not to act

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


class Typed:
    """What was typed, as the field macros ask for it: `get(name)` one text, `get(name, [])` all."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    def get(self, name: str, default: str | list[str] = "") -> str | list[str]:
        """Give the field's text, or all its texts when the default is a list."""
        found = list(self._values.get(name, ()))
        if isinstance(default, list):
            return found or default
        return found[0] if found else default


class Form:
    """What was typed, what is wrong with it, and how the kit's macros ask for both."""

    def __init__(
        self,
        values: Mapping[str, Sequence[str]] | None = None,
        uploads: Mapping[str, Upload] | None = None,
    ) -> None:
        self._values = dict(values or {})
        self._uploads = dict(uploads or {})
        self.faults: dict[str, str] = {}
        self.typed = Typed(self._values)

    @property
    def names(self) -> list[str]:
        """Give the fields that the form holds, in its order."""
        return list(self._values)

    def value(self, name: str, default: str = "") -> str:
        """Give the field as it was typed."""
        return next(iter(self._values.get(name, ())), default)

    def values(self, name: str) -> list[str]:
        """All values of a repeated field, such as ticked boxes."""
        return list(self._values.get(name, ()))

    def has(self, name: str, value: str) -> bool:
        """Whether this value was chosen: for `checked` and `selected`."""
        return value in self._values.get(name, ())

    def upload(self, name: str) -> Upload | None:
        """Give the file of this field; none when the field was left empty."""
        return self._uploads.get(name)

    def text(
        self, name: str, *, missing: str | None = None, too_long: str = "", most_chars: int = 200
    ) -> str:
        """Give the trimmed text; `missing` and `too_long` are the messages when it is empty or long."""
        text = self.value(name).strip()
        if not text and missing is not None:
            self.fault(name, missing)
        if len(text) > most_chars:
            self.fault(name, too_long or f"> {most_chars}")
        return text

    def choice(self, name: str, choices: type[Choice], *, missing: str) -> Choice | None:
        """Give the chosen member, or None with a fault when nothing or nothing known was chosen."""
        try:
            return choices(self.value(name))
        except ValueError:
            self.fault(name, missing)
            return None

    def fault(self, name: str, message: str) -> None:
        """Put a message beside a field; the first one of a field stays."""
        self.faults.setdefault(name, message)

    @property
    def is_valid(self) -> bool:
        """Whether no field has a fault so far, and the form was sent to act."""
        return not self.faults and not self.is_draft

    @property
    def is_draft(self) -> bool:
        """Whether only another language was asked for: all that was typed is shown again, nothing is done."""
        return bool(self.value(SPEAK))

    def error(self, name: str) -> dict[str, str] | None:
        """`errorMessage` for the kit's macros."""
        return {"text": self.faults[name]} if name in self.faults else None

    @property
    def error_list(self) -> list[dict[str, str]]:
        """`errorList` for the kit's error summary; each links to the field of the same id."""
        return [{"text": message, "href": f"#{name}"} for name, message in self.faults.items()]


_FORM: web.RequestKey[Form] = web.RequestKey("form", Form)


async def read_form(request: web.Request, *, most_bytes: int = MOST_BYTES) -> Form:
    """Give the form of a POST, read once; the same object on every call. Beyond `most_bytes`: 413."""
    if _FORM not in request:
        request[_FORM] = await _read(request, most_bytes) if request.method == METH_POST else Form()
    return request[_FORM]


async def _read(request: web.Request, most_bytes: int) -> Form:
    if (request.content_length or 0) > most_bytes:
        raise web.HTTPRequestEntityTooLarge(max_size=most_bytes, actual_size=request.content_length or 0)
    if request.content_type == "multipart/form-data":
        return await _read_parts(request, most_bytes)
    posted = await request.post()
    return Form(_readable({name: _texts(posted.getall(name)) for name in posted}))


async def _read_parts(request: web.Request, most_bytes: int) -> Form:
    values: dict[str, list[str]] = {}
    uploads: dict[str, Upload] = {}
    left = most_bytes
    try:
        parts = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await parts.next()
            if part is None:
                return Form(_readable(values), uploads)
            if not isinstance(part, BodyPartReader) or not part.name:
                break
            content = await _content(part, left)
            left -= len(content)
            if part.filename is None:
                values.setdefault(part.name, []).append(content.decode())
            elif part.filename:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                uploads[part.name] = Upload(part.filename, kind, content)
    except (ValueError, AssertionError, HttpProcessingError) as problem:
        raise web.HTTPBadRequest from problem
    raise web.HTTPBadRequest


async def _content(part: BodyPartReader, most_bytes: int) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk(_PIECE_BYTES):
        content += piece
        if len(content) > most_bytes:
            raise web.HTTPRequestEntityTooLarge(max_size=most_bytes, actual_size=len(content))
    return bytes(content)


def _readable(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Refuse the one character that no text holds and that PostgreSQL stores in none."""
    if any("\0" in text for texts in values.values() for text in texts):
        raise web.HTTPBadRequest
    return values


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
