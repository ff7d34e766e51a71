/** Who is here and who waits: the roll, the host's list of people to admit, arrivals said aloud. */

import { post, reason } from "./ask.js";
import { onlyAttends } from "./seats.js";
import { called, word } from "./words.js";

export class People {
  #parts;
  #self;
  #known = new Map();
  #rows = new Map();
  #met;
  #consultation;

  /**
   * `parts` = {roll, row, live, waiting, waitingRow, admit}; the waiting parts are null for a guest of the room.
   * `met`: the participants who were here before this page was loaded.
   */
  constructor(parts, { self, met }, seats, line, consultation) {
    this.#parts = parts;
    this.#consultation = consultation;
    consultation.onChange(() => this.#roll([...this.#known.values()]));
    this.#self = self;
    this.#met = new Set(met);
    line.on("roster", ({ people }) => {
      seats.list(people);
      this.#say(people);
      this.#roll(people);
      if (parts.waiting) this.#wait(people);
    });
  }

  #say(people) {
    const now = new Map(people.filter((one) => one.present).map((one) => [one.participant, one]));
    for (const [id, one] of now) {
      const before = this.#known.get(id);
      if (id === this.#self || before?.admitted === one.admitted) continue;
      this.#tell(one.admitted ? "came" : "waits", one);
    }
    for (const [id, one] of this.#known) {
      if (!now.has(id) && id !== this.#self) this.#tell("left", one);
    }
    this.#known = now;
    for (const id of now.keys()) this.#met.add(id);
  }

  #tell(what, one) {
    this.#parts.live.textContent = word(what, { who: called(one) });
  }

  #roll(people) {
    const unseen = people.filter((one) => one.participant !== this.#self && this.#isUnseen(one));
    const rows = unseen.map((one) => {
      const row = this.#parts.row.content.firstElementChild.cloneNode(true);
      row.querySelector("b").textContent = called(one);
      row.querySelector("span").textContent = word(this.#why(one));
      return row;
    });
    for (const old of this.#parts.roll.querySelectorAll("[data-from-roster]")) old.remove();
    this.#parts.roll.append(...rows);
  }

  #isUnseen(one) {
    return !one.present || (one.admitted && (onlyAttends(one) || this.#consultation.isApart(one.participant)));
  }

  #why({ participant, present, role }) {
    if (present && !this.#consultation.runs) return "attends";
    if (present && !this.#consultation.stays(participant)) return "cut-off";
    if (present) return role === "detainee" ? "in-private" : "with-the-person";
    return this.#met.has(participant) ? "no-longer-here" : "not-here-yet";
  }

  #wait(people) {
    const waiting = people.filter((one) => one.present && !one.admitted);
    const before = this.#rows;
    this.#rows = new Map(waiting.map((one) => [one.participant, before.get(one.participant) ?? this.#row(one)]));
    for (const [id, row] of before) if (!this.#rows.has(id)) row.remove();
    for (const one of waiting) {
      const row = this.#rows.get(one.participant);
      row.querySelector("[data-name]").textContent = called(one);
      if (!row.isConnected) this.#parts.waiting.append(row);
    }
    this.#parts.waiting.parentElement.querySelector("[data-empty]").hidden = waiting.length > 0;
  }

  /** One row for as long as somebody waits: a button that were made anew under a finger would not be pressed. */
  #row(one) {
    const row = this.#parts.waitingRow.content.firstElementChild.cloneNode(true);
    row.querySelector("button").addEventListener("click", (event) => this.#admit(event.currentTarget, row, one));
    return row;
  }

  /** Writes everybody anew, once more names are known. */
  refresh() {
    this.#roll([...this.#known.values()]);
    if (this.#parts.waiting) this.#wait([...this.#known.values()]);
  }

  async #admit(button, row, one) {
    button.disabled = true;
    const result = await post(this.#parts.admit, { participant_id: one.participant });
    button.disabled = false;
    const error = row.querySelector("[data-error]");
    error.hidden = result.ok;
    if (!result.ok) error.textContent = reason(result) || word(result.status ? "refused" : "not-sent");
  }
}
