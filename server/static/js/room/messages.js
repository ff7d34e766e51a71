/** Messages of those in the room, kept with the minutes: a list that is read aloud, and one line to write. */

import { read } from "./ask.js";
import { complain, wire } from "./form.js";
import { called, clock, word } from "./words.js";

const CLOSED = new Set(["paused", "private"]);

export class Messages {
  #parts;
  #consultation;
  #known = new Set();

  /** `parts` = {part, list, form, template, url}; during a pause and in private nothing is written. */
  constructor(parts, badge, line, consultation) {
    this.#parts = parts;
    this.#consultation = consultation;
    line.on("messages_changed", () => this.refresh());
    line.on("admitted", () => this.refresh());
    consultation.onChange((isNew) => {
      if (consultation.isOutside) this.#empty();
      else if (isNew) this.refresh();
    });
    wire(parts.form, () => {
      parts.form.reset();
      this.refresh();
    });
    badge.onChange((state) => {
      for (const field of parts.form.querySelectorAll("input, button")) field.disabled = CLOSED.has(state);
      if (!CLOSED.has(state)) complain(parts.form, "");
    });
  }

  async refresh() {
    const { ok, body } = await read(this.#parts.url);
    if (ok && !this.#consultation.isOutside) this.#draw(body.messages);
  }

  /** Adds what is new, so that a screen reader says only that. */
  #draw(messages) {
    for (const one of messages.filter(({ id }) => !this.#known.has(id))) {
      this.#known.add(one.id);
      const row = this.#parts.template.content.firstElementChild.cloneNode(true);
      const time = row.querySelector("time");
      time.textContent = one.at_ms === null ? one.time : clock(one.at_ms);
      time.dateTime = one.said_at;
      row.querySelector(".p-kind").textContent = called(one);
      row.querySelector("[data-text]").textContent = one.text ?? word("sealed-away");
      this.#parts.list.append(row);
    }
    this.#parts.part.querySelector("[data-empty]").hidden = this.#known.size > 0;
  }

  #empty() {
    this.#known.clear();
    this.#parts.list.replaceChildren();
  }
}
