"""The Jinja environment: escaping always on, unknown names refused, the kit's macros beside our templates."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import (
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    Template,
    Undefined,
    select_autoescape,
)
from jinja2.loaders import ChoiceLoader

import templates
from server.moments import clock_words, unbroken

KIT = "govuk_frontend_jinja"
STATIC_FOLDER = Path(__file__).parent / "static"
TEMPLATE_FOLDER = Path(templates.__file__).parent
_HASH_CHARS = 12

Answer = TypeVar("Answer")


class Unknown(Undefined):
    """An unknown name raises; keys of a dict and `caller` may be missing: the kit asks for all it knows."""

    __slots__ = ()

    def _when_optional(self, answer: Answer) -> Answer:
        is_optional = isinstance(self._undefined_obj, dict) or self._undefined_name == "caller"
        return answer if is_optional else self._fail_with_undefined_error()

    def __bool__(self) -> bool:
        return self._when_optional(answer=False)

    def __str__(self) -> str:
        return self._when_optional("")

    def __iter__(self) -> Iterator[Any]:
        return self._when_optional(iter(()))

    def __len__(self) -> int:
        return self._when_optional(0)

    def __contains__(self, item: object) -> bool:
        return self._when_optional(answer=False)

    def __eq__(self, other: object) -> bool:
        return self._when_optional(isinstance(other, Unknown))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return self._when_optional(hash(Unknown))


class Templates:
    """Our templates, compiled once."""

    def __init__(self, folder: Path) -> None:
        kit = PrefixLoader({KIT: PackageLoader(KIT)})
        self._environment = Environment(
            loader=ChoiceLoader([kit, FileSystemLoader(folder)]),
            autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
            undefined=Unknown,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.do"],
        )
        # The kit's macros compare with these two bare names.
        self._environment.globals.update(null=None, undefined=Unknown(obj={}, name="undefined"))
        self._environment.globals["clock_words"] = clock_words
        self._environment.filters["unbroken"] = unbroken

    def template(self, name: str) -> Template:
        """Give the template of this name."""
        return self._environment.get_template(name)


@cache
def load_templates(folder: Path = TEMPLATE_FOLDER) -> Templates:
    """Give the templates of a folder; one process compiles each at most once."""
    return Templates(folder)


@cache
def static_url(path: str) -> str:
    """Give the address of a file in `server/static`, with a mark that changes when its content does."""
    content = (STATIC_FOLDER / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:_HASH_CHARS]}"
