"""The steps of the interview itself: recorded, minuted, evidenced, concluded."""

import asyncio
from typing import Final

import aiohttp

from recordings.age_keys import Identity
from recordings.bech32 import decode
from scheduling.identifier import new_id
from server.rehearsal import search
from server.rehearsal.card import Side
from server.rehearsal.errors import FoundWrong
from server.rehearsal.picture import png_of
from server.rehearsal.search import Needle
from server.rehearsal.stage import Stage

SAID: Final = (
    ("question", "Où êtes-vous née, et dans quel quartier ?"),
    ("answer", "À Kindia, près du marché, chez ma grand-mère."),
    ("remark", "La personne répond sans hésiter, en soussou."),
)
OUTCOME: Final = "nationality_confirmed"


async def recorded(stage: Stage) -> str:
    """After notice and consent the officer starts the recording, and both sides are told that it runs."""
    await stage.staff.act(f"{stage.interview}/notice", {"language": "fr", "consent": "yes"})
    stage.told.from_ms = stage.elapsed_ms
    await stage.officer.act(f"{stage.interview}/recording", {"run": "start"})
    await asyncio.gather(
        *(peer.until_recording("recording") for peer in (stage.host_peer, stage.officer_peer))
    )
    await asyncio.sleep(stage.seconds)
    for peer, other in ((stage.host_peer, Side.POST), (stage.officer_peer, Side.CENTRE)):
        await peer.until_relayed(other)
    return f"{stage.seconds:g} s, and both sides were told"


async def minuted(stage: Stage) -> str:
    """The officer takes the minutes, and reads them back from the page."""
    for kind, text in SAID:
        # A mark of this rehearsal makes each text one that stands nowhere else on the machine.
        stage.told.minutes.append(f"{text} ({new_id()})")
        path = f"{stage.interview}/minutes"
        await stage.officer.act(path, {"kind": kind, "text": stage.told.minutes[-1]})
    kept = await stage.officer.read_json(f"{stage.interview}/minutes")
    if [line["text"] for line in kept["minutes"]] != stage.told.minutes:
        raise FoundWrong("the minutes read back are not those that were taken")
    read = {"language": "fr", "reply": "confirmed", "through": str(kept["minutes"][-1]["position"])}
    await stage.officer.act(f"{stage.interview}/read-back", read)
    return f"{len(SAID)} lines, read back"


async def evidenced(stage: Stage) -> str:
    """The officer keeps a picture of an identity card; nothing of it or the minutes lies in clear."""
    told = stage.told
    told.note = f"Carte nationale présentée à l'écran, recto ({new_id()})"
    told.evidence = png_of(Side.CENTRE, stage.elapsed_ms)
    form = aiohttp.FormData()
    fields = {"kind": "identity_card", "form": "original", "presented_by": "detainee", "note": told.note}
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("file", told.evidence, filename="capture.png", content_type="image/png")
    item = await stage.officer.act(f"{stage.interview}/evidence", form)
    told.evidence_id = item["id"]
    searched = await asyncio.to_thread(search_folder, stage, needles_of_words(stage))
    return f"a picture of {len(told.evidence)} bytes; {searched}"


async def concluded(stage: Stage) -> str:
    """Recording and interview end, and the officer signs an outcome that rests on the evidence."""
    told = stage.told
    await stage.officer.act(f"{stage.interview}/recording", {"run": "stop"})
    told.to_ms = stage.elapsed_ms
    await stage.officer.act(f"{stage.interview}/end", {"ending": "normal"})
    await asyncio.gather(*(peer.until("ended") for peer in (stage.host_peer, stage.officer_peer)))
    await stage.leave()
    told.outcome = OUTCOME
    told.reasons = f"La carte est authentique et le récit concorde. ({new_id()})"
    page = await stage.officer.get(f"{stage.interview}/outcome")
    await stage.officer.submit(
        page.form("/outcome", "reasons"),
        {
            "value": told.outcome,
            "evidence": [told.evidence_id],
            "reasons": told.reasons,
            "travel_document": "yes",
        },
    )
    return "nationality confirmed on one item of proof"


def needles_of_words(stage: Stage) -> list[Needle]:
    """Give what was written and shown, in every shape in which it might lie in the data folder."""
    told = stage.told
    texts = [("minutes", text) for text in told.minutes] + [("note", told.note), ("reasons", told.reasons)]
    needles = [needle for name, text in texts if text for needle in search.needles_of_text(name, text)]
    return [*needles, *search.needles_of_blob("evidence", told.evidence), *needles_of_key(stage.identity)]


def needles_of_key(identity: Identity) -> list[Needle]:
    """Give the private key as text, in both cases, and as raw bytes."""
    text = str(identity)
    raw = decode(text)[1]
    shapes = [Needle("private key (text)", shape.encode()) for shape in (text, text.lower())]
    return [*shapes, Needle("private key (raw)", raw), *search.needles_of_blob("private key", raw)]


def search_folder(stage: Stage, needles: list[Needle]) -> str:
    """Search the server's data folder, when it is on this machine; raise at the first thing in clear."""
    folder = stage.kit.data_folder
    if folder is None:
        return "the data folder is on another machine and was not searched"
    files = search.files_below(folder)
    if not files:
        raise FoundWrong(f"{folder} holds no file: this is not the server's data folder")
    if found := search.find(folder, needles):
        first = found[0]
        raise FoundWrong(f"{first.name} stands in clear in {first.file} at byte {first.offset}")
    return f"nothing in clear in {len(files)} files of the data folder"
