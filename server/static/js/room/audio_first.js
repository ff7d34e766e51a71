/** Audio first: on a bad line the pictures stop by themselves, the voices go on, and the pictures come back. */

const BAD_LOOKS = 3;
const GOOD_LOOKS = 8;
const MOST_GOOD_LOOKS = 64;
const CALM_LOOKS = 60;

export class AudioFirst {
  #why = null;
  #bad = 0;
  #good = 0;
  #patience = GOOD_LOOKS;
  #listeners = [];

  /** "line" when the pictures stopped by themselves, "wish" when the person asked, null while they run. */
  get why() {
    return this.#why;
  }

  /** Calls `listener()` after each change. */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** Takes one judgement of the line: good, fair or weak. Each relapse makes the next return wait longer. */
  look(name) {
    this.#bad = name === "weak" ? this.#bad + 1 : 0;
    this.#good = name === "weak" ? 0 : this.#good + 1;
    if (this.#why === null && this.#bad >= BAD_LOOKS) {
      this.#turn("line");
    } else if (this.#why === "line" && this.#good >= this.#patience) {
      this.#patience = Math.min(MOST_GOOD_LOOKS, this.#patience * 2);
      this.#turn(null);
    } else if (this.#why === null && this.#good >= CALM_LOOKS) {
      this.#patience = GOOD_LOOKS;
    }
  }

  /** The person wants the sound alone, or the pictures back. */
  wish(alone) {
    this.#turn(alone ? "wish" : null);
  }

  #turn(why) {
    this.#bad = 0;
    this.#good = 0;
    if (why === this.#why) return;
    this.#why = why;
    for (const listener of this.#listeners) listener();
  }
}

/** Puts it into effect: `parts` = {note, text, back, ask}; the node and the others are told each time. */
export function soundAlone(audioFirst, { media, peer, seats, line }, parts) {
  const tell = () => line.send({ type: "receive", video: audioFirst.why === null });
  audioFirst.onChange(() => {
    const alone = audioFirst.why !== null;
    peer.rest(alone);
    media.rest(alone);
    seats.sound(alone);
    tell();
    parts.note.hidden = !alone;
    parts.text.textContent = alone ? parts.words(audioFirst.why) : "";
    parts.ask.setAttribute("aria-pressed", String(alone));
  });
  line.on("welcome", () => audioFirst.why && tell());
  parts.back.addEventListener("click", () => audioFirst.wish(false));
  parts.ask.addEventListener("click", () => audioFirst.wish(audioFirst.why === null));
}
