"""The metrics: who may read them, that Prometheus can, and that they tell how the node stands."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server import keys
from server.app_keys import FIGURES, MEDIA
from server.errors import SettingError
from server.metrics import CONTENT_TYPE
from server.node_run import NodeRun
from tests.support.clock import FixedClock
from tests.support.metrics import read_metrics
from tests.support.web import House, running_house
from webrtc.histogram import Histogram
from webrtc.ports import Json

TOKEN = "0123456789abcdef0123456789abcdef"
FIGURES_OF_A_NODE: Json = {
    "is": "figures",
    "rooms": 2,
    "peers": 5,
    "parts": 4,
    "probes": 1,
    "up": {"packets": 1000, "bytes": 900_000, "lost": 7},
    "down": {"packets": 3000, "bytes": 2_700_000, "lost": 9},
    "refused": 3,
    "datagrams": 5000,
    "dropped": 11,
    "cpu_seconds": 1.5,
    "is_compiled": True,
    "relay_delay": {"bounds": [0.001, 0.01], "counts": [5, 2, 1], "sum": 0.05},
    "loop_lag": Histogram().figures,
    "recorder_lag": {"queued": 0.1, "unsynced": 0.4, "sync": 0.02},
}


def write_token(key_folder: Path, token: str = TOKEN) -> None:
    path = key_folder / keys.METRICS_NAME
    path.touch(mode=0o600)
    path.write_text(f"{token}\n", encoding="utf-8")


def without_marks(page: str) -> str:
    """A page without its own address and its token."""
    return re.sub(r'/metrics|/nothing|(?:content|value)="[^"]{40,}"', "", page)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


pytestmark = pytest.mark.usefixtures("node_without_media")


@pytest.fixture
async def house(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr("server.app.read_metrics_token", lambda _: getattr(request, "param", TOKEN))
    async with running_house(tmp_path, clock=clock) as running:
        yield running


async def test_metrics_are_read_with_the_token(house: House) -> None:
    page = await house.browser(bearer(TOKEN)).get("/metrics")
    assert (page.status, page.headers["Content-Type"]) == (200, CONTENT_TYPE)
    assert page.headers["Cache-Control"] == "no-store"
    metrics = read_metrics(page.text)
    assert metrics["parloir_node_up"] == 0
    assert metrics["parloir_web_open_fds"] > 3
    assert metrics["parloir_web_resident_memory_bytes"] > 1_000_000
    assert metrics["parloir_web_loop_lag_seconds_count"] >= 0


@pytest.mark.parametrize(
    "headers",
    [{}, bearer(""), bearer(TOKEN[:-1]), bearer(TOKEN + "0"), {"Authorization": TOKEN}, bearer("é")],
)
async def test_there_is_nothing_for_anybody_else(house: House, headers: dict[str, str]) -> None:
    refused = await house.browser(headers).get("/metrics")
    unknown = await house.browser(headers).get("/nothing")
    assert refused.status == unknown.status == 404
    assert "parloir_" not in refused.text
    assert without_marks(refused.text) == without_marks(unknown.text)


async def test_bytes_that_are_no_text_open_nothing(house: House) -> None:
    assert not house.app[FIGURES].opens("Bearer \udcff")


@pytest.mark.parametrize("house", [""], indirect=True)
@pytest.mark.parametrize("headers", [{}, bearer(""), bearer(TOKEN)])
async def test_without_a_token_in_the_keys_folder_nobody_reads_them(
    house: House, headers: dict[str, str]
) -> None:
    assert (await house.browser(headers).get("/metrics")).status == 404


async def test_answers_are_counted_by_their_class(house: House) -> None:
    browser = house.browser(bearer(TOKEN))
    before = read_metrics((await browser.get("/metrics")).text)
    await browser.get("/nothing")
    await browser.get("/healthz")
    after = read_metrics((await browser.get("/metrics")).text)
    grown = {
        status: after[name] - before.get(name, 0)
        for status in ("2xx", "4xx")
        if (name := f'parloir_web_responses_total{{status="{status}"}}')
    }
    assert grown == {"2xx": 2, "4xx": 1}


async def test_a_node_that_runs_is_told_of_and_one_that_does_not_leaves_no_figures(house: House) -> None:
    node = house.app[MEDIA]
    run = NodeRun(0, is_ready=True, figures=FIGURES_OF_A_NODE)
    node._runs.append(run)
    metrics = read_metrics(house.app[FIGURES].exposition(node))
    assert metrics["parloir_node_up"] == 1
    for direction, packets, lost in (("up", 1000, 7), ("down", 3000, 9)):
        assert metrics[f'parloir_node_packets_total{{direction="{direction}"}}'] == packets
        assert metrics[f'parloir_node_packets_lost_total{{direction="{direction}"}}'] == lost
    assert metrics["parloir_node_packets_refused_total"] == 3
    assert metrics["parloir_node_datagrams_dropped_total"] == 11
    assert [metrics[f"parloir_node_{name}"] for name in ("rooms", "peers", "probes", "recordings")] == [
        2,
        5,
        1,
        4,
    ]
    buckets = [
        metrics[f'parloir_node_relay_delay_seconds_bucket{{le="{le}"}}'] for le in ("0.001", "0.01", "+Inf")
    ]
    assert buckets == [5, 7, 8]
    assert metrics["parloir_node_relay_delay_seconds_count"] == 8
    assert metrics["parloir_node_relay_delay_seconds_sum"] == 0.05
    assert metrics["parloir_node_recorder_queue_seconds"] == 0.1
    assert metrics["parloir_node_recorder_unsynced_seconds"] == 0.4
    assert metrics["parloir_node_recorder_sync_seconds"] == 0.02
    assert metrics["parloir_node_packet_path_compiled"] == 1
    run.is_ready = False
    gone = read_metrics(house.app[FIGURES].exposition(node))
    assert gone["parloir_node_up"] == 0
    assert [name for name in gone if name.startswith("parloir_node_")] == ["parloir_node_up"]


@pytest.mark.database
async def test_each_node_has_its_own_figures(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.app.each_node", lambda settings: [settings, settings])
    async with running_house(tmp_path, clock=clock) as house:
        link = house.app[MEDIA]
        link._runs += [NodeRun(1, is_ready=True, figures={**FIGURES_OF_A_NODE, "rooms": 9})]
        metrics = read_metrics(house.app[FIGURES].exposition(link))
    assert (metrics["parloir_node_up"], metrics['parloir_node_up{node="1"}']) == (0, 1)
    assert metrics['parloir_node_rooms{node="1"}'] == 9
    assert "parloir_node_rooms" not in metrics
    assert metrics['parloir_node_packets_total{node="1",direction="down"}'] == 3000


def test_a_token_that_can_be_guessed_or_read_by_others_is_refused(tmp_path: Path) -> None:
    assert keys.read_metrics_token(tmp_path) == ""
    write_token(tmp_path)
    assert keys.read_metrics_token(tmp_path) == TOKEN
    write_token(tmp_path, TOKEN[:-1])
    with pytest.raises(SettingError, match="at least 32 characters"):
        keys.read_metrics_token(tmp_path)
    write_token(tmp_path)
    (tmp_path / keys.METRICS_NAME).chmod(0o640)
    with pytest.raises(SettingError, match="open to others"):
        keys.read_metrics_token(tmp_path)
