"""Whom somebody sees and hears, by what their browser decodes: the colour of pictures, the tone of voices."""

from collections.abc import Mapping
from typing import Any

from tests.support.likeness import OF_ROLE, Likeness
from tests.support.person import Person

PATIENCE_MS = 60_000
NEARBY = 50
"""How far a codec may carry a colour away, of 442: any two of ours are further apart than twice this."""

# Each tile is looked at until it showed and sounded like somebody; if it was like two people, both are told.
_LOOK = """async ([expected, known, nearby, patience]) => {
  const sound = new AudioContext();
  await sound.resume();
  const pen = new OffscreenCanvas(8, 6).getContext("2d", { willReadFrequently: true });
  const loud = -45, size = 4096, near = 0.05;
  const ear = (stream) => {
    const analyser = new AnalyserNode(sound, { fftSize: size, smoothingTimeConstant: 0 });
    sound.createMediaStreamSource(stream).connect(analyser);
    return { stream, analyser, levels: new Float32Array(analyser.frequencyBinCount) };
  };
  const colour = (video) => {
    pen.drawImage(video, 0, 0, 8, 6);
    const pixel = [...pen.getImageData(4, 2, 1, 1).data.slice(0, 3)];
    const away = ({ colour }) => Math.hypot(...colour.map((each, at) => each - pixel[at]));
    return known.find((one) => away(one) < nearby)?.name;
  };
  const tone = ({ analyser, levels }) => {
    analyser.getFloatFrequencyData(levels);
    let peak = 0;
    levels.forEach((level, at) => { if (level > levels[peak]) peak = at; });
    const hertz = levels[peak] > loud ? peak * sound.sampleRate / size : 0;
    return known.find((one) => Math.abs(hertz / one.hertz - 1) < near)?.name;
  };
  const tiles = "[data-part=main], [data-part=crew] figure:has([data-remote])";
  const seen = {};
  const until = performance.now() + patience;
  const isKnown = ([name, [colours, tones]]) =>
    seen[name]?.tones.size >= tones.length && seen[name].pictures >= 4 * colours.length;
  const done = () => Object.entries(expected).every(isKnown);
  while (!done() && performance.now() < until) {
    for (const tile of document.querySelectorAll(tiles)) {
      const video = tile.querySelector("video");
      if (!video.srcObject) continue;
      const one = (seen[tile.querySelector("[data-name]").textContent.split(", ")[0]] ??=
        { colours: new Set(), tones: new Set(), pictures: 0, last: 0 });
      if (one.ear?.stream !== video.srcObject) one.ear = ear(video.srcObject);
      const total = video.getVideoPlaybackQuality().totalVideoFrames;
      if (!video.hidden && video.readyState >= 2 && total !== one.last) {
        one.last = total;
        one.pictures += 1;
        one.colours.add(colour(video));
      }
      one.tones.add(tone(one.ear));
      for (const whose of [one.colours, one.tones]) whose.delete(undefined);
    }
    await new Promise((done) => setTimeout(done, 80));
  }
  await sound.close();
  const told = ([name, { colours, tones }]) => [name, [[...colours], [...tones]]];
  return Object.fromEntries(Object.entries(seen).map(told));
}"""


async def recognises(
    somebody: Person, others: Mapping[str, Likeness], *, by_voice_alone: bool = False
) -> None:
    """Wait until each name stands by the picture and the voice of this likeness; nobody else may be there."""
    names = {likeness: role.value for role, likeness in OF_ROLE.items()}
    known = [
        {"name": name, "colour": each.red_green_blue, "hertz": each.hertz} for each, name in names.items()
    ]
    expected = {
        shown: [[] if by_voice_alone else [names[each]], [names[each]]] for shown, each in others.items()
    }
    found: Any = await somebody.page.evaluate(_LOOK, [expected, known, NEARBY, PATIENCE_MS])
    assert {name: found.get(name) for name in expected} == expected, found
