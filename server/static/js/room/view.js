/** What is large: whoever speaks, and the whole window. */

const EVERY_MS = 600;
const AUDIBLE = 0.02;
const LOOKS = 2; // who speaks up for a moment changes nothing

/** The loudest of those who are heard now, as a participant; null when nobody speaks. */
function loudest(report, seats) {
  let best = { level: AUDIBLE, who: null };
  for (const one of report.values()) {
    if (one.type !== "inbound-rtp" || one.kind !== "audio") continue;
    const who = seats.whoSends(one.trackIdentifier);
    if (who && one.audioLevel > best.level) best = { level: one.audioLevel, who };
  }
  return best.who;
}

/** The button that lets the large picture follow whoever speaks. */
export function speakerView(button, peer, seats) {
  let last = { who: null, looks: 0 };
  const follows = () => button.getAttribute("aria-pressed") === "true";
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(!follows()));
    if (!follows()) seats.follow(null);
  });
  setInterval(async () => {
    if (!follows() || peer.state !== "connected") return;
    const who = loudest(await peer.figures(), seats);
    last = { who, looks: who === last.who ? last.looks + 1 : 1 };
    if (who && last.looks >= LOOKS && follows()) seats.follow(who);
  }, EVERY_MS);
}

/** The button that shows the whole room, with the state of its recording, on the whole screen. */
export function fullScreen(button, root) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    button.setAttribute("aria-pressed", String(document.fullscreenElement === root));
  });
}
