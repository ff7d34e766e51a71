"""A media node without media, as a child process: `python -m tests.support.fake_node DESCRIPTOR [MANNER]`.

It says to every peer what it was told of it, and reports each order back as a figure. `MANNER` is `steady`,
or `dies` for one that ends as soon as somebody enters.
"""

import asyncio
import socket
import sys

from webrtc.control import ControlEnd, open_end
from webrtc.ports import Json

PROBES: set[str] = set()


async def main(descriptor: int, manner: str) -> None:
    orders: asyncio.Queue[Json] = asyncio.Queue()
    end = await open_end(socket.socket(fileno=descriptor), orders.put_nowait)
    end.send({"is": "ready", "port": 1, "address": "127.0.0.1", "fingerprint": ""})
    while not end.closed.is_set():
        order = await orders.get()
        end.send({"is": "figures", "order": order})
        if order["do"] == "stop":
            end.send({"is": "closed", "room": "last"})
            break
        if manner == "dies" and order["do"] == "enter":
            break
        follow(end, order)
    end.close()
    await end.closed.wait()


def follow(end: ControlEnd, order: Json) -> None:
    match order["do"]:
        case "enter":
            welcome = {"type": "welcome", "participant": order["participant"], "role": order["role"]}
            end.send({"is": "say", "peer": order["peer"], "message": welcome})
            state = {"type": "admitted" if order["admitted"] else "waiting"}
            end.send({"is": "say", "peer": order["peer"], "message": state})
        case "probe":
            PROBES.add(order["peer"])
            probing = {"type": "probing", "host": "127.0.0.1", "port": 1, "protocols": ["udp", "tcp"]}
            end.send({"is": "say", "peer": order["peer"], "message": probing})
        case "say" if order["peer"] in PROBES and order["message"] == {"type": "leave"}:
            end.send({"is": "say", "peer": order["peer"], "message": {"type": "probed", "reason": "left"}})
        case "say":
            end.send(
                {"is": "say", "peer": order["peer"], "message": {"type": "echo", "said": order["message"]}}
            )
        case "record":
            event = {
                "is": "recording",
                "room": order["room"],
                "recording": order["recording"],
                "state": order["run"],
            }
            end.send(event)
        case "close":
            end.send({"is": "closed", "room": order["room"]})


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "steady"))
