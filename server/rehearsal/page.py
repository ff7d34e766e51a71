"""A page as a visitor without script reads it: its forms, its links, and what it says when it refuses."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from server.rehearsal.errors import NotOnPage

CHOSEN: Final = {"checkbox", "radio", "submit", "button", "image", "reset", "file"}  # sent only when chosen


@dataclass
class Form:
    """A form as it stands: where it goes, what it holds already, and what could be chosen."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Link:
    """A link: where it leads, and the words in it."""

    href: str
    words: str = ""

    @property
    def path(self) -> str:
        """Where it leads on this server."""
        return urlsplit(self.href).path


@dataclass(frozen=True)
class Page:
    """An answer: its address after redirects, and the forms, links and errors that stand in it."""

    url: str
    text: str
    forms: list[Form]
    links: list[Link]
    csrf_token: str

    @property
    def path(self) -> str:
        """The path of the address, without host or query."""
        return urlsplit(self.url).path

    def form(self, path_ends_with: str, *names: str) -> Form:
        """Return the first form that goes to such a path and has all these fields."""
        for form in self.forms:
            fields = {*form.values, *form.choices}
            if urlsplit(form.action).path.endswith(path_ends_with) and fields.issuperset(names):
                return form
        raise NotOnPage(self.path, f"form to …{path_ends_with} with {', '.join(names) or 'any field'}")

    def links_to(self, pattern: str) -> list[Link]:
        """Return the links whose whole path fits a regular expression, in the order of the page."""
        found = [link for link in self.links if re.fullmatch(pattern, link.path)]
        if not found:
            raise NotOnPage(self.path, f"link to {pattern}")
        return found


class PageReader(HTMLParser):
    """Reads forms, links and the CSRF token out of a page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[Link] = []
        self.csrf_token = ""
        self._url = url
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""
        self._link: Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what matters of a tag."""
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self._link = Link(urljoin(self._url, values["href"]))
            self.links.append(self._link)
        elif tag == "meta" and values.get("name") == "csrf-token":
            self.csrf_token = values.get("content", "")
        elif tag == "form":
            action = urljoin(self._url, values.get("action", ""))
            self._form = Form(action, values.get("method", "get").upper())
            self.forms.append(self._form)
        elif self._form is not None:
            self._take_field(tag, values, self._form)

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag == "form":
            self._form = None
        elif tag == "a":
            self._link = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        """Take the words inside a text area; the first line break after its tag is no part of them."""
        if self._link is not None:
            self._link.words += data
        if self._textarea and self._form is not None:
            (before,) = self._form.values[self._textarea]
            self._form.values[self._textarea] = [(before + data).removeprefix("\n")]

    def _take_field(self, tag: str, values: dict[str, str], form: Form) -> None:
        name, value, kind = values.get("name", ""), values.get("value", ""), values.get("type", "")
        if "disabled" in values or not (name or tag == "option"):
            return
        if tag == "option":
            form.choices.setdefault(self._select, []).append(value)
            if "selected" in values or self._select not in form.values:
                form.values[self._select] = [value]
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            form.values[name] = [""]
        elif tag == "button" or kind in CHOSEN:
            form.choices.setdefault(name, []).append(value or "on")
            if "checked" in values:
                form.values.setdefault(name, []).append(value or "on")
        elif tag == "input":
            form.values[name] = [value]


def read_page(url: str, text: str) -> Page:
    """Read a page's text into its forms and links."""
    reader = PageReader(url)
    reader.feed(text)
    token = reader.csrf_token or next(
        (form.values["csrf_token"][0] for form in reader.forms if "csrf_token" in form.values), ""
    )
    return Page(url, text, reader.forms, reader.links, token)


class _Summary(HTMLParser):
    """Collects the words of the error summary, or of the title when there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.title: list[str] = []
        self._depth = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title"
        if tag == "div" and (
            self._depth or "govuk-error-summary" in (dict(attrs).get("class") or "").split()
        ):
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if tag == "div" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.words.append(data)
        elif self._in_title:
            self.title.append(data)


def summary_of(text: str) -> str:
    """Return what a refusing page says: its error summary, else its title, on one line."""
    reader = _Summary()
    reader.feed(text)
    return " ".join(" ".join(reader.words or reader.title).split())[:300]
