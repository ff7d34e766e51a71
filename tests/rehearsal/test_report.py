"""A report names every step, run or not, and a failure is a finding of its step."""

import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from recordings.age_keys import new_identity
from server.errors import SettingError
from server.rehearsal.card import Side
from server.rehearsal.errors import FoundWrong, NotOnPage
from server.rehearsal.findings import Told
from server.rehearsal.kit import Kit
from server.rehearsal.page import read_page
from server.rehearsal.picture import png_of
from server.rehearsal.report import STEPS, Report, StepResult
from server.rehearsal.stage import Stage, set_stage
from server.rehearsal.steps import AFTER_START, rehearse
from server.rehearsal.steps_before import _first_slot
from server.rehearsal.steps_during import needles_of_key, needles_of_words, search_folder

KEY = new_identity(post_quantum=False)


def kit_of(data: Path | None) -> Kit:
    return Kit("http://127.0.0.1:9", "/a", "/b", "/c", Path("/identity"), data)


async def stage_at(tmp_path: Path, leaving: AsyncExitStack, data: Path | None) -> Stage:
    folder = tmp_path / "kept"
    stage = await set_stage(kit_of(data), folder, KEY, seconds=1, leaving=leaving)
    stage.told = Told(
        minutes=["Où êtes-vous né ?"],
        note="Carte nationale",
        reasons="Il dit vrai",
        evidence=png_of(Side.POST, 9),
    )
    return stage


def test_the_steps_stand_in_the_order_of_the_contract() -> None:
    assert [step.__name__ for step in AFTER_START] == list(STEPS[1:])


def test_a_report_lists_what_was_not_run() -> None:
    report = Report([StepResult("started", ok=True, seconds=0.123456, detail="x")])
    assert not report.ok
    content = report.as_json()
    assert [step["name"] for step in content["steps"]] == list(STEPS)
    assert content["steps"][0] == {"name": "started", "ok": True, "seconds": 0.12, "detail": "x"}
    assert content["steps"][1]["detail"] == "not run"
    assert json.loads(json.dumps(content))["kept"] is None


def test_only_twelve_steps_that_held_are_ok() -> None:
    steps = [StepResult(name, ok=True, seconds=1, detail="") for name in STEPS]
    assert Report(list(steps)).ok
    steps[-1] = StepResult(STEPS[-1], ok=False, seconds=1, detail="")
    assert not Report(steps).ok


def test_people_read_a_table() -> None:
    report = Report(
        [StepResult("started", ok=True, seconds=2, detail="here"), StepResult("booked", False, 1, "no slot")],
        kept=Path("/kept"),
    )
    lines = report.as_table().splitlines()
    assert lines[0].split() == ["started", "ok", "2.00", "s", "here"]
    assert lines[1].split() == ["booked", "FAILED", "1.00", "s", "no", "slot"]
    assert lines[2].split() == ["confirmed", "-", "0.00", "s", "not", "run"]
    assert lines[-2:] == [f"{'':10}  FAILED     3.00 s", "kept in /kept"]


async def test_a_failed_start_ends_the_rehearsal(tmp_path: Path) -> None:
    async def refuse(_: AsyncExitStack) -> Kit:
        raise SettingError("serve", "the server did not start")

    report = Report()
    seen: list[str] = []
    await rehearse(refuse, tmp_path, report, seconds=1, progress=seen.append)
    assert [step.detail for step in report.steps] == ["SettingError: serve: the server did not start"]
    assert seen == ["started"]


async def test_a_server_that_does_not_answer_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "identity").write_text(f"{KEY}\n")

    async def give(_: AsyncExitStack) -> Kit:
        return Kit("http://127.0.0.1:9", "/a", "/b", "/c", tmp_path / "identity", None)

    report = Report()
    await rehearse(give, tmp_path / "kept", report, seconds=1, progress=lambda _: None)
    assert [(step.name, step.ok) for step in report.steps] == [("started", False)]
    assert "127.0.0.1:9" in report.steps[0].detail


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Où êtes-vous né ?".encode("utf-16-le"), "minutes"),
        (b"..Carte nationale..", "note"),
        (b"Il dit vrai", "reasons"),
        (png_of(Side.POST, 9)[:400], "evidence"),
        (str(KEY).encode(), "private key"),
        (str(KEY).lower().encode(), "private key"),
    ],
    ids=["minutes", "note", "reasons", "evidence", "key", "key in lower case"],
)
async def test_whatever_lies_in_clear_is_found(tmp_path: Path, content: bytes, name: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "leak").write_bytes(b"\x00" * 7 + content)
    async with AsyncExitStack() as leaving:
        stage = await stage_at(tmp_path, leaving, data)
        with pytest.raises(FoundWrong, match=f"^{name} .*stands in clear in leak at byte"):
            search_folder(stage, needles_of_words(stage))


async def test_a_clean_folder_an_empty_one_and_a_distant_one_are_told_apart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    async with AsyncExitStack() as leaving:
        stage = await stage_at(tmp_path, leaving, data)
        with pytest.raises(FoundWrong, match="not the server's data folder"):
            search_folder(stage, needles_of_words(stage))
        (data / "parloir.db").write_bytes(b"sealed")
        assert (
            search_folder(stage, needles_of_words(stage)) == "nothing in clear in 1 files of the data folder"
        )
        stage.kit = kit_of(None)
        assert "was not searched" in search_folder(stage, needles_of_words(stage))


def test_the_key_is_looked_for_as_text_and_as_raw_bytes() -> None:
    assert {needle.name for needle in needles_of_key(KEY)} >= {"private key (text)", "private key (raw)"}


def test_the_first_slot_that_leaves_time_to_confirm_is_taken() -> None:
    page = read_page("http://h/slots", "")
    assert _first_slot(
        page, ["r|2099-01-02T10:00:00+00:00", "r|2099-01-01T10:00:00Z", "r|2001-01-01T10:00:00Z"]
    ) == ("r|2099-01-01T10:00:00Z")
    with pytest.raises(NotOnPage, match="free slot"):
        _first_slot(page, ["r|2001-01-01T10:00:00Z", "nothing"])
