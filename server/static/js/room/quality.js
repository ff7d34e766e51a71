/** The line in words: what the figures of the connection mean for the people who speak. */

import { word } from "./words.js";

const EVERY_MS = 2000;
const BARS = { good: 4, fair: 3, weak: 2, sound: 1, broken: 0 };
const POOR = { loss: 0.06, rtt: 0.8 };
const FAIR = { loss: 0.02, rtt: 0.4 };

/** Figures of one look: packets lost and passed so far each way, the slowest round trip in seconds. */
function sum(report) {
  const figures = { lost: 0, received: 0, lostUp: 0, sent: 0, rtt: 0 };
  for (const one of report.values()) {
    if (one.type === "inbound-rtp") {
      figures.lost += one.packetsLost ?? 0;
      figures.received += one.packetsReceived ?? 0;
    }
    if (one.type === "outbound-rtp") figures.sent += one.packetsSent ?? 0;
    if (one.type === "remote-inbound-rtp") {
      figures.lostUp += one.packetsLost ?? 0;
      figures.rtt = Math.max(figures.rtt, one.roundTripTime ?? 0);
    }
    if (one.type === "candidate-pair" && one.nominated) {
      figures.rtt = Math.max(figures.rtt, one.currentRoundTripTime ?? 0);
    }
  }
  return figures;
}

function share(lost, passed) {
  return lost > 0 && lost + passed > 0 ? lost / (lost + passed) : 0;
}

/** Name of the state that lies between two looks: good, fair or weak. What is `missing` was lost on others' lines. */
export function judge(before, after) {
  const missing = after.missing - before.missing;
  const down = share(after.lost - before.lost - missing, after.received - before.received);
  const up = share(after.lostUp - before.lostUp, after.sent - before.sent);
  const loss = Math.max(down, up);
  if (loss > POOR.loss || after.rtt > POOR.rtt) return "weak";
  if (loss > FAIR.loss || after.rtt > FAIR.rtt) return "fair";
  return "good";
}

export class Quality {
  #peer;
  #line;
  #audioFirst;
  #label;
  #bars;
  #before = null;
  #after = null;
  #name = "";

  /** `holder` contains [data-line-word] and the bars of the line; `audioFirst` hears each judgement. */
  constructor(peer, line, audioFirst, holder) {
    this.#peer = peer;
    this.#line = line;
    this.#audioFirst = audioFirst;
    this.#label = holder.querySelector("[data-line-word]");
    this.#bars = holder.querySelectorAll(".p-bars rect");
    line.on("missing", ({ packets }) => this.#judge(packets));
    line.on("lost", () => this.#show("broken"));
    line.on("line_lost", () => this.#show("broken"));
    audioFirst.onChange(() => this.#show(audioFirst.why ? "sound" : "fair"));
    setInterval(() => this.#look(), EVERY_MS);
  }

  async #look() {
    const state = this.#peer.state;
    if (state !== "connected") {
      this.#before = this.#after = null;
      if (state === "failed" || state === "disconnected") this.#show("broken");
      return;
    }
    this.#after = sum(await this.#peer.figures());
    this.#line.send({ type: "missing" });
  }

  #judge(missing) {
    const after = this.#after && { ...this.#after, missing };
    this.#after = null;
    if (!after) return;
    const judged = this.#before ? judge(this.#before, after) : "good";
    if (this.#before) this.#audioFirst.look(judged);
    this.#before = after;
    const name = this.#audioFirst.why ? "sound" : judged;
    this.#show(name);
    const { lost, received, rtt } = after;
    const bars = BARS[this.#audioFirst.why === "line" ? "sound" : judged];
    this.#line.send({ type: "quality", bars, lost, received, rtt_ms: Math.round(rtt * 1000) });
  }

  #show(name) {
    if (name === this.#name) return;
    this.#name = name;
    this.#label.textContent = word(`line-${name}`);
    this.#bars.forEach((bar, place) => bar.classList.toggle("on", place < BARS[name]));
  }
}
