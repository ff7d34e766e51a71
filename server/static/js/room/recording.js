/** The recording badge: state in a word, a shape and a colour, with the time beside it. */

import { clock, word } from "./words.js";

const FAULT = "p-rec--failed";
const APART = "p-rec--paused";
const LOOK = { recording: "p-rec--on", paused: APART, private: APART, failed: FAULT, interrupted: FAULT, unknown: FAULT, off: "" };

export class Badge {
  #badge;
  #state;
  #shown;
  #isPrivate = false;
  #elapsed = 0;
  #since = 0;
  #listeners = [];

  /** `badge` holds [data-rec-word] and [data-rec-time]; data-state and data-elapsed-ms give the start. */
  constructor(badge) {
    this.#badge = badge;
    this.#state = this.#shown = badge.dataset.state;
    this.#count(Number(badge.dataset.elapsedMs || 0));
    setInterval(() => this.#tick(), 500);
    this.#tick();
  }

  /** What is shown: the recording's state, or "private" during a consultation whatever that state is. */
  get state() {
    return this.#shown;
  }

  /** Milliseconds recorded so far, pauses left out. */
  get elapsed() {
    return this.#elapsed + (this.#state === "recording" ? performance.now() - this.#since : 0);
  }

  /** Calls `listener(state)` now and whenever the state changes. */
  onChange(listener) {
    this.#listeners.push(listener);
    listener(this.#shown);
  }

  show(state, elapsedMs = 0) {
    this.#count(elapsedMs);
    this.#state = state in LOOK ? state : "off";
    this.#draw();
  }

  /** Whether a private consultation runs. */
  setPrivate(isPrivate) {
    this.#isPrivate = isPrivate;
    this.#draw();
  }

  #draw() {
    const known = this.#isPrivate ? "private" : this.#state;
    if (known !== this.#shown) {
      this.#shown = known;
      this.#badge.dataset.state = known;
      this.#badge.classList.remove(...Object.values(LOOK).filter(Boolean));
      if (LOOK[known]) this.#badge.classList.add(LOOK[known]);
      this.#badge.querySelector("[data-rec-word]").textContent = word(`recording-${known}`);
      for (const listener of this.#listeners) listener(known);
    }
    this.#tick();
  }

  #count(elapsedMs) {
    this.#elapsed = elapsedMs;
    this.#since = performance.now();
  }

  #tick() {
    const text = this.#state === "off" ? "" : word(this.#isPrivate ? "recorded-before" : "recorded", { time: clock(this.elapsed) });
    const time = this.#badge.querySelector("[data-rec-time]");
    if (time.textContent !== text) time.textContent = text;
  }
}
