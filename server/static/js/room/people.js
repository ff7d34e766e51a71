/** Who is here and who waits: the roll, the host's list of people to admit, arrivals said aloud. */

import { post, reason } from "./ask.js";
import { word } from "./words.js";

export class People {
  #parts;
  #self;
  #known = new Map();
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
    this.#parts.live.textContent = word(what, { who: word(`role-${one.role}`) });
  }

  #roll(people) {
    const unseen = people.filter((one) => one.participant !== this.#self && this.#isUnseen(one));
    const rows = unseen.map((one) => {
      const row = this.#parts.row.content.firstElementChild.cloneNode(true);
      row.querySelector("b").textContent = word(`role-${one.role}`);
      row.querySelector("span").textContent = word(this.#why(one));
      return row;
    });
    for (const old of this.#parts.roll.querySelectorAll("[data-from-roster]")) old.remove();
    this.#parts.roll.append(...rows);
  }

  #isUnseen(one) {
    const isSilent = one.role === "observer" || this.#consultation.isApart(one.participant);
    return !one.present || (one.admitted && isSilent);
  }

  #why({ participant, present, role }) {
    if (present && role === "observer" && !this.#consultation.runs) return "observes";
    if (present && !this.#consultation.stays(participant)) return "cut-off";
    if (present) return role === "detainee" ? "in-private" : "with-the-person";
    return this.#met.has(participant) ? "no-longer-here" : "not-here-yet";
  }

  #wait(people) {
    const waiting = people.filter((one) => one.present && !one.admitted);
    const rows = waiting.map((one) => {
      const row = this.#parts.waitingRow.content.firstElementChild.cloneNode(true);
      row.querySelector("[data-name]").textContent = word(`role-${one.role}`);
      row.querySelector("[data-called]").textContent = word(`name-${one.participant}`);
      row.querySelector("button").addEventListener("click", (event) => this.#admit(event.currentTarget, row, one));
      return row;
    });
    this.#parts.waiting.replaceChildren(...rows);
    this.#parts.waiting.parentElement.querySelector("[data-empty]").hidden = rows.length > 0;
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
