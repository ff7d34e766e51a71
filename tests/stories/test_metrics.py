"""The metrics of a real instance while an interview goes on, and after its node was killed."""

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path

import aiohttp

from server.keys import METRICS_NAME
from tests.support.encounter import Encounter, encounter
from tests.support.instance import Instance
from tests.support.metrics import read_metrics

FIGURES_SECONDS = 12.0  # the node tells its figures every 5


async def test_an_operator_sees_the_media_flow_and_the_node_die(instance: Instance, tmp_path: Path) -> None:
    token = secrets.token_hex(16)
    await asyncio.to_thread(instance.terminate)
    path = instance.folder.keys / METRICS_NAME
    path.touch(mode=0o600)
    path.write_text(token, encoding="ascii")
    await asyncio.to_thread(instance.start)
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(instance.url, headers=headers) as operator,
        encounter(instance, tmp_path) as held,
    ):
        await held.gather()
        await held.start_recording()
        await held.until_parts("open", "open")
        first = await until(operator, lambda seen: seen.get("parloir_node_recordings", 0) == 2)
        assert_flows(first)
        assert (await operator.get("/metrics", headers={"Authorization": "Bearer no"})).status == 404
        later = await until(operator, lambda seen: packets(seen, "down") > packets(first, "down"))
        assert packets(later, "up") > packets(first, "up")

        instance.kill_node()
        await until(operator, lambda seen: seen["parloir_node_up"] == 0)
        anew = await until(operator, lambda seen: packets(seen, "up") > 0)
        assert anew["parloir_web_node_starts_total"] == 2
        await end(held)


def assert_flows(seen: dict[str, float]) -> None:
    """Two people in one room, seen, heard and recorded in time."""
    assert (seen["parloir_node_rooms"], seen["parloir_node_peers"], seen["parloir_web_lines"]) == (1, 2, 2)
    for direction in ("up", "down"):
        assert packets(seen, direction) > 100
        payload = seen[f'parloir_node_bytes_total{{direction="{direction}"}}']
        assert payload > packets(seen, direction)
        assert seen[f'parloir_node_packets_lost_total{{direction="{direction}"}}'] == 0
    assert seen["parloir_node_packets_refused_total"] == 0
    delays = "parloir_node_relay_delay_seconds"
    assert seen[f"{delays}_count"] > 0
    assert seen[f'{delays}_bucket{{le="+Inf"}}'] == seen[f"{delays}_count"]
    assert seen["parloir_node_loop_lag_seconds_count"] > 10
    assert seen["parloir_web_loop_lag_seconds_count"] > 2
    assert 0 < seen["parloir_node_recorder_sync_seconds"] < 5
    assert seen["parloir_node_recorder_unsynced_seconds"] < 5
    assert seen["parloir_node_packet_path_compiled"] in {0, 1}


async def until(
    operator: aiohttp.ClientSession, holds: Callable[[dict[str, float]], bool]
) -> dict[str, float]:
    """Scrape until the figures are so."""
    async with asyncio.timeout(FIGURES_SECONDS):
        while True:
            async with operator.get("/metrics") as answer:
                assert answer.status == 200
                seen = read_metrics(await answer.text())
            if holds(seen):
                return seen
            await asyncio.sleep(0.05)


def packets(seen: dict[str, float], direction: str) -> float:
    return seen.get(f'parloir_node_packets_total{{direction="{direction}"}}', 0)


async def end(held: Encounter) -> None:
    await held.both_see_each_other_after(held.elapsed())
    await held.stage.officer.act(held.path("recording"), {"run": "stop"})
    await held.end()
