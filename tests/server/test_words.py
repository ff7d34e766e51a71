"""Languages: how one is chosen, and how words are filled in without ever becoming markup."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from server.i18n import load_languages, mark
from server.templating import Templates

LANGUAGES = load_languages()


@pytest.mark.parametrize(
    ("wishes", "accepted", "code"),
    [
        ((), None, "fr"),
        (("en",), "fr", "en"),
        ((None, "xx", "en"), "fr", "en"),
        ((), "en-GB,en;q=0.9", "en"),
        ((), "de, en;q=0.4, fr;q=0.8", "fr"),
        ((), "de;q=nonsense, en;q=0.1", "en"),
        ((), ";;,,", "fr"),
    ],
)
def test_account_then_browser_then_header_then_french(
    wishes: tuple[str | None, ...], accepted: str | None, code: str
) -> None:
    assert LANGUAGES.choose(*wishes, accepted=accepted).code == code


def test_each_language_is_called_by_its_own_name() -> None:
    assert {code: language.name for code, language in LANGUAGES.items()} == {
        "fr": "Français",
        "en": "English",
    }
    assert LANGUAGES.other_than(LANGUAGES["fr"]).code == "en"
    assert LANGUAGES.other_than(LANGUAGES["en"]).code == "fr"


def test_numbers_choose_the_form_of_their_language() -> None:
    one, many = (
        mark("Too many attempts. Wait %(n)s minute, then try again."),
        "Too many attempts. Wait %(n)s minutes, then try again.",
    )
    assert "minutes" not in LANGUAGES["fr"].ngettext(one, many, 0)
    assert "minutes" in LANGUAGES["en"].ngettext(one, many, 0)
    assert "3\N{NO-BREAK SPACE}minutes" in LANGUAGES["fr"].ngettext(one, many, 3)


def test_a_third_language_is_a_catalogue_and_no_code(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "base.po").write_text('msgid "Sign in"\nmsgstr "Anmelden"\n')
    languages = load_languages(tmp_path)
    assert languages["de"].gettext("Sign in") == "Anmelden"
    assert languages["de"].name == "Deutsch"
    assert languages["en"].gettext("Sign in") == "Sign in"


def rendered(folder: Path, source: str, **values: object) -> str:
    (folder / "page.html").write_text(source)
    return Templates(folder).template("page.html").render(values)


def test_what_somebody_typed_is_never_markup(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ name }}", name="<b>&") == "&lt;b&gt;&amp;"


def test_an_unknown_name_in_a_template_is_an_error(tmp_path: Path) -> None:
    for source in (
        "{{ unknown }}",
        "{% if unknown %}{% endif %}",
        "{% for x in unknown %}{% endfor %}",
        "{{ known.unknown }}",
    ):
        with pytest.raises(UndefinedError):
            rendered(tmp_path, source, known=object())


def test_a_missing_key_of_a_dict_is_empty_for_the_kit(tmp_path: Path) -> None:
    source = "[{{ params.a }}{% if params.a %}x{% endif %}{{ params.b | length }}"
    source += "{% for c in params.d %}{% endfor %}]"
    assert rendered(tmp_path, source, params={}) == "[0]"
