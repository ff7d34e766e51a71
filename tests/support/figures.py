"""What a browser's newest connection counts: pictures decoded and shown to others, voices heard."""

from tests.support.person import Person
from tests.support.scene import Scene

BACK_MS = 60_000
_KEEP = """() => {
  const Made = window.RTCPeerConnection;
  window.made = [];
  window.RTCPeerConnection = class extends Made {
    constructor(...all) { super(...all); window.made.push(this); }
  };
}"""
_FIGURES = """async () => {
  const pc = window.made.at(-1);
  const figures = { seen: 0, heard: 0, shown: 0, energy: 0 };
  for (const one of (await pc.getStats()).values()) {
    if (one.type === "inbound-rtp" && one.kind === "video") figures.seen += one.framesDecoded;
    if (one.type === "inbound-rtp" && one.kind === "audio") {
      figures.heard += one.totalSamplesReceived - one.concealedSamples;
      figures.energy += one.totalAudioEnergy;
    }
    if (one.type === "outbound-rtp" && one.kind === "video") figures.shown += one.packetsSent;
  }
  return figures;
}"""
_STANDS = (
    """async ([name, looks]) => {
  const figures = FIGURES;
  let before = -1;
  for (let same = 0; same < looks; ) {
    const now = (await figures())[name];
    same = now === before ? same + 1 : 0;
    before = now;
    await new Promise((done) => setTimeout(done, 200));
  }
  return before;
}"""
).replace("FIGURES", _FIGURES)
_GROWS = f"async ([name, before]) => (await ({_FIGURES})())[name] > before"
_PORT = """async () => {
  const report = await window.made.at(-1).getStats();
  const pair = [...report.values()].find((one) => one.type === "candidate-pair" && one.nominated);
  return report.get(pair.localCandidateId).port;
}"""


async def keep_connections(two: Scene) -> None:
    """Let both pages keep their connections where they are found; before they are opened."""
    for somebody in (two.host, two.officer):
        await somebody.page.add_init_script(f"({_KEEP})()")


async def port_of(somebody: Person) -> int:
    """At which port the node meets a browser."""
    return int(await somebody.page.evaluate(_PORT))


async def figures(somebody: Person) -> dict[str, float]:
    found: dict[str, float] = await somebody.page.evaluate(_FIGURES)
    return found


async def grows(somebody: Person, name: str) -> None:
    """Wait until more is seen, heard or shown than now."""
    before = (await figures(somebody))[name]
    await somebody.page.wait_for_function(_GROWS, arg=[name, before], timeout=BACK_MS)


async def stands(somebody: Person, name: str) -> None:
    """Wait until a figure does not change any more."""
    await somebody.page.evaluate(_STANDS, [name, 5])
