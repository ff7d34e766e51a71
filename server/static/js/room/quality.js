/** The line in words: what the figures of the connection mean for the people who speak. */

import { word } from "./words.js";

const EVERY_MS = 2000;
const BARS = { good: 4, fair: 3, weak: 2, sound: 1, broken: 0 };
const POOR = { loss: 0.06, rtt: 0.8 };
const FAIR = { loss: 0.02, rtt: 0.4 };

/** Figures of one look: packets lost and received so far, the slowest round trip in seconds. */
function sum(report) {
  const figures = { lost: 0, received: 0, rtt: 0, frames: 0, hears: 0 };
  for (const one of report.values()) {
    if (one.type === "inbound-rtp") {
      figures.lost += one.packetsLost ?? 0;
      figures.received += one.packetsReceived ?? 0;
      figures.frames += one.framesDecoded ?? 0;
      if (one.kind === "audio") figures.hears += one.packetsReceived ?? 0;
    }
    if (one.type === "remote-inbound-rtp") figures.rtt = Math.max(figures.rtt, one.roundTripTime ?? 0);
    if (one.type === "candidate-pair" && one.nominated) {
      figures.rtt = Math.max(figures.rtt, one.currentRoundTripTime ?? 0);
    }
  }
  return figures;
}

/** Name of the state that lies between two looks: good, fair, weak or sound. */
export function judge(before, after) {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const loss = received + lost > 0 ? lost / (received + lost) : 0;
  if (after.frames === before.frames && before.frames > 0 && after.hears > before.hears) return "sound";
  if (loss > POOR.loss || after.rtt > POOR.rtt) return "weak";
  if (loss > FAIR.loss || after.rtt > FAIR.rtt) return "fair";
  return "good";
}

export class Quality {
  #peer;
  #line;
  #label;
  #bars;
  #before = null;
  #name = "";

  /** `holder` contains [data-line-word] and the bars of the line. */
  constructor(peer, line, holder) {
    this.#peer = peer;
    this.#line = line;
    this.#label = holder.querySelector("[data-line-word]");
    this.#bars = holder.querySelectorAll(".p-bars rect");
    line.on("lost", () => this.#show("broken"));
    line.on("line_lost", () => this.#show("broken"));
    setInterval(() => this.#look(), EVERY_MS);
  }

  async #look() {
    const state = this.#peer.state;
    if (state !== "connected") {
      this.#before = null;
      if (state === "failed" || state === "disconnected") this.#show("broken");
      return;
    }
    const after = sum(await this.#peer.figures());
    if (!this.#before) this.#show("good");
    if (this.#before) {
      const name = judge(this.#before, after);
      this.#show(name);
      const { lost, received, rtt } = after;
      this.#line.send({ type: "quality", bars: BARS[name], lost, received, rtt_ms: Math.round(rtt * 1000) });
    }
    this.#before = after;
  }

  #show(name) {
    if (name === this.#name) return;
    this.#name = name;
    this.#label.textContent = word(`line-${name}`);
    this.#bars.forEach((bar, place) => bar.classList.toggle("on", place < BARS[name]));
  }
}
