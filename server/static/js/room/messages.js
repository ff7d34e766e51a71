/** Messages of those in the room, kept with the minutes: a list that is read aloud, and one line to write. */

import { read } from "./ask.js";
import { complain, wire } from "./form.js";
import { called, clock, word } from "./words.js";

const CLOSED = new Set(["paused", "private"]);

export class Messages {
  #parts;
  #self;
  #consultation;
  #known = new Set();
  #read = null;
  #unread = new Set();
  #isInSight = false;

  /**
   * `parts` = {part, list, form, template, url, open}; `open` is the button that leads here and says how many are new.
   * `self` is who writes here; during a pause and in private nothing is written.
   */
  constructor(parts, self, badge, line, consultation) {
    this.#self = self;
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
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.#isInSight = isIntersecting;
      this.#look();
    }).observe(parts.form);
    document.addEventListener("visibilitychange", () => this.#look());
    parts.open.addEventListener("click", () => {
      parts.part.scrollIntoView({ block: "end" });
      parts.form.elements.text.focus();
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
    this.#count(messages);
    this.#parts.part.querySelector("[data-empty]").hidden = this.#known.size > 0;
  }

  /** What others wrote since this page was loaded and nobody has had in sight is new. */
  #count(messages) {
    this.#read ??= new Set(messages.map(({ id }) => id));
    const others = messages.filter(({ id, participant }) => participant !== this.#self && !this.#read.has(id));
    this.#unread = new Set(others.map(({ id }) => id));
    this.#look();
  }

  /** Whatever is in sight is read; the button and the title of the window say what is not. */
  #look() {
    if (this.#isInSight && !document.hidden) {
      for (const id of this.#unread) this.#read.add(id);
      this.#unread.clear();
    }
    const count = this.#unread.size;
    const many = count > 1 ? "more" : "one";
    const { open } = this.#parts;
    open.querySelector("[data-dot]").hidden = !count;
    open.querySelector("[data-count]").textContent = count ? word(`unread-${many}`, { count }) : word("messages");
    open.ariaLabel = count ? word(`unread-${many}-said`, { count }) : null;
    document.title = document.title.replace(/^(\(\d+\) )?/, count ? `(${count}) ` : "");
  }

  #empty() {
    this.#known.clear();
    this.#unread.clear();
    this.#look();
    this.#parts.list.replaceChildren();
  }
}
