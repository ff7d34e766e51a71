/** The host's door: guests who are in and may be put out, those put out, and the lock. */

import { post, reason } from "./ask.js";
import { complain, wire } from "./form.js";
import { called, word } from "./words.js";

const GUESTS = new Set(["interpreter", "lawyer", "guardian", "liaison_officer", "observer"]);

export class Door {
  #parts;
  #root;
  #lock;
  #people = [];

  /** `parts` = {guests, inside, insideRow, form, removed, removedRow, admit}, all below `root`. */
  constructor(root, parts, line) {
    this.#root = root;
    this.#parts = parts;
    this.#lock = root.querySelector("button[name=lock]");
    line.on("roster", ({ people }) => this.#list(people));
    wire(parts.form, () => this.#close());
    parts.form.querySelector("[data-drop]").addEventListener("click", () => this.#close());
    parts.form.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
  }

  /** Puts what the server says of the door onto the page. */
  facts({ removed, is_locked: isLocked }) {
    for (const part of this.#root.querySelectorAll("[data-locked]")) {
      part.hidden = (part.dataset.locked === "yes") !== isLocked;
    }
    this.#lock.value = isLocked ? "open" : "locked";
    const rows = removed.map((one) => {
      const row = this.#row(this.#parts.removedRow, one);
      row.querySelector("[data-why]").textContent = word("removed-at", {
        why: word(`removal-${one.removal}`),
        time: one.time,
      });
      row.querySelector("button").addEventListener("click", () => this.#admit(row, one));
      return row;
    });
    this.#parts.removed.replaceChildren(...rows);
  }

  /** Writes everybody anew, once more names are known. */
  refresh() {
    this.#list(this.#people);
  }

  #list(people) {
    this.#people = people;
    const guests = people.filter((one) => one.present && one.admitted && GUESTS.has(one.role));
    const rows = guests.map((one) => {
      const row = this.#row(this.#parts.insideRow, one);
      row.querySelector("button").addEventListener("click", () => this.#ask(one));
      return row;
    });
    this.#parts.inside.replaceChildren(...rows);
    const asked = this.#parts.form.elements.participant_id.value;
    if (!guests.some((one) => one.participant === asked)) this.#parts.form.hidden = true;
    this.#parts.guests.hidden = !rows.length;
  }

  #row(template, one) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = called(one);
    row.querySelector("[data-who]").textContent = ` (${called(one)})`;
    return row;
  }

  #ask(one) {
    const { form } = this.#parts;
    complain(form, "");
    form.reset();
    form.elements.participant_id.value = one.participant;
    form.querySelector("[data-label]").textContent = word("end-part-of", { who: called(one) });
    form.hidden = false;
    form.elements.reason.focus();
  }

  #close() {
    this.#parts.form.hidden = true;
    (this.#parts.inside.querySelector("button") ?? this.#lock).focus();
  }

  async #admit(row, { participant }) {
    const result = await post(this.#parts.admit, { participant_id: participant });
    if (!result.ok) complain(row, reason(result) || word(result.status ? "refused" : "not-sent"));
  }
}
