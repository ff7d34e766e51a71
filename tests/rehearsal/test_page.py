"""A visitor without script reads forms as a browser sends them."""

import pytest

from server.rehearsal.errors import NotOnPage
from server.rehearsal.page import read_page, summary_of

PAGE = """<html><head><title>Un titre</title><meta name="csrf-token" content="t0k"></head><body>
<a href="/cases/1"><span>Le</span> dossier</a><a href="https://elsewhere.example/x">x</a><a name="n">y</a>
<form method="post" action="save"><input type="hidden" name="csrf_token" value="t1">
<input name="name" value="a&amp;b">
<input type="checkbox" name="many" value="1" checked><input type="checkbox" name="many" value="2" checked>
<input type="checkbox" name="many" value="3"><input type="radio" name="one" value="x">
<input name="off" disabled value="z">
<select name="country"><option value="">?</option><option value="GN" selected>Guinée</option></select>
<select name="first"><option value="a">a</option><option value="b">b</option></select>
<textarea name="text">
first &eacute;
second</textarea><button name="slot" value="r|1">1</button><button name="slot" value="r|2">2</button>
<input type="file" name="f"></form>
<form action="/find"><input name="q"></form></body></html>"""


def test_a_form_is_sent_as_it_stands() -> None:
    form = read_page("http://h/a/b", PAGE).form("/save", "text")
    assert (form.action, form.method) == ("http://h/a/save", "POST")
    assert form.values == {
        "csrf_token": ["t1"],
        "name": ["a&b"],
        "many": ["1", "2"],
        "country": ["GN"],
        "first": ["a"],
        "text": ["first é\nsecond"],
    }


def test_what_may_be_chosen_is_known() -> None:
    form = read_page("http://h/a/b", PAGE).form("/save")
    assert form.choices["slot"] == ["r|1", "r|2"]
    assert form.choices["many"] == ["1", "2", "3"]
    assert form.choices["country"] == ["", "GN"]


def test_links_are_found_by_their_whole_path() -> None:
    page = read_page("http://h/a/b", PAGE)
    assert [(link.path, link.words) for link in page.links_to("/cases/[0-9]")] == [("/cases/1", "Le dossier")]
    with pytest.raises(NotOnPage, match="/a/b shows no link to /cases"):
        page.links_to("/cases")


def test_a_missing_form_or_field_is_named() -> None:
    page = read_page("http://h/a/b", PAGE)
    with pytest.raises(NotOnPage, match="form to …/save with colour"):
        page.form("/save", "colour")
    with pytest.raises(NotOnPage, match="any field"):
        page.form("/nothing")


def test_the_token_of_a_page_is_its_meta_or_that_of_a_form() -> None:
    assert read_page("http://h/", PAGE).csrf_token == "t0k"
    assert read_page("http://h/", PAGE.replace("meta", "mete")).csrf_token == "t1"
    assert read_page("http://h/", "<p>").csrf_token == ""


def test_a_refusal_is_told_by_its_summary_or_its_title() -> None:
    summary = (
        '<div class="govuk-error-summary"><div>Choisissez  <a>un créneau</a></div></div><div>autre</div>'
    )
    assert summary_of(f"<title>Erreur</title>{summary}") == "Choisissez un créneau"
    assert summary_of(PAGE) == "Un titre"
