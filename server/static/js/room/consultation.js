/** A private consultation: who stays, what this browser shows and sends meanwhile, and the host's choice. */

import { wire } from "./form.js";
import { called, word } from "./words.js";

const MAY_STAY = new Set(["lawyer", "guardian", "interpreter"]);

export class Consultation {
  #self;
  #stays = null;
  #people = [];
  #listeners = [];

  /** `self` is the participant of this browser. */
  constructor(self, line) {
    this.#self = self;
    line.on("consultation", ({ stays }) => this.#change(stays));
    line.on("roster", ({ people }) => {
      this.#people = people;
      if (this.#stays) this.#tell(false);
    });
  }

  /** True while one runs. */
  get runs() {
    return this.#stays !== null;
  }

  /** True while this browser is cut off. */
  get isOutside() {
    return this.runs && !this.#stays.includes(this.#self);
  }

  /** True when a consultation keeps this browser and that participant from each other. */
  isApart(participant) {
    return this.runs && (this.isOutside || !this.#stays.includes(participant));
  }

  /** True for those who speak in private now. */
  stays(participant) {
    return this.runs && this.#stays.includes(participant);
  }

  /** Who is with the person, in words; "" when nobody on the line is. */
  get company() {
    const inside = this.#people.filter((one) => this.stays(one.participant) && one.role !== "detainee");
    return inside.map(called).join(", ");
  }

  /** Calls `listener(isNew)` after each change; `isNew` when who stays is other than before. */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  #change(stays) {
    const isNew = String(stays) !== String(this.#stays);
    this.#stays = stays;
    this.#tell(isNew);
  }

  #tell(isNew) {
    for (const listener of this.#listeners) listener(isNew);
  }
}

/** Shows it: `parts` = {panel, note, live}; the panel stands where the large picture was. */
export function show(consultation, parts) {
  consultation.onChange((isNew) => {
    const { runs, isOutside, company } = consultation;
    const who = company ? word("private-with", { who: company }) : word("private-alone");
    parts.panel.querySelector("[data-private-who]").textContent = who;
    for (const text of parts.panel.querySelectorAll("[data-private]")) {
      text.hidden = (text.dataset.private === "out") !== isOutside;
    }
    parts.panel.hidden = !runs || !(isOutside || !company);
    for (const part of parts.panel.parentElement.children) if (part !== parts.panel) part.hidden = !parts.panel.hidden;
    parts.note.hidden = !runs || !parts.panel.hidden;
    parts.note.textContent = parts.note.hidden ? "" : word("private-inside", { who: company });
    if (isNew) parts.live.textContent = runs ? parts.note.textContent || who : word("private-ended");
  });
}

/** The host's panel: `parts` = {form, choices, template, open, resume}; one box for each who may stay, ticked since they usually do. */
export function choose(consultation, parts, line) {
  const panel = parts.form.closest("section");
  line.on("roster", ({ people }) => {
    const may = people.filter((one) => one.present && one.admitted && MAY_STAY.has(one.role));
    const ids = may.map((one) => one.participant);
    const boxes = [...parts.choices.querySelectorAll("input")];
    if (String(boxes.map((box) => box.value)) === String(ids)) return;
    const chosen = new Map(boxes.map((box) => [box.value, box.checked]));
    parts.choices.replaceChildren(...may.map((one) => box(one, chosen.get(one.participant) ?? usual(one.participant))));
    parts.choices.parentElement.querySelector("[data-empty]").hidden = may.length > 0;
  });
  const usual = (participant) => !consultation.runs || consultation.stays(participant); // who comes during one is not in it
  const box = (one, checked) => {
    const row = parts.template.content.firstElementChild.cloneNode(true);
    const input = row.querySelector("input");
    Object.assign(input, { id: `stays-${one.participant}`, value: one.participant, checked });
    row.querySelector("label").htmlFor = input.id;
    row.querySelector("label").textContent = called(one);
    return row;
  };
  /** Closes the panel; the focus goes to where one goes on, never to what a second Enter would end. */
  const close = (goesOn) => {
    const had = panel.contains(document.activeElement);
    panel.hidden = true;
    for (const button of parts.open) button.setAttribute("aria-expanded", "false");
    if (had) goesOn().focus();
  };
  const shown = () => parts.open.find((button) => button.offsetParent) ?? parts.resume;
  let ran = false;
  wire(parts.form, () => consultation.runs && close(shown)); // the same people again change nothing, and nobody is told
  consultation.onChange((isNew) => {
    if (!isNew) return;
    close(consultation.runs && !ran ? () => parts.resume : shown);
    ran = consultation.runs;
    for (const button of parts.form.querySelectorAll("[data-apart]")) {
      button.hidden = (button.dataset.apart === "yes") !== consultation.runs;
    }
    for (const input of parts.choices.querySelectorAll("input")) input.checked = usual(input.value);
  });
}
