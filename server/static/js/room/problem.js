/** What the host is told: technical problems of everybody, and who asks for a pause. */

import { complain, wire } from "./form.js";
import { called, word } from "./words.js";

/** `parts` = {form, done}: says beside the form that the host knows. */
export function tellHost({ form, done }) {
  wire(form, () => {
    form.reset();
    done.textContent = word("problem-told");
  });
  form.addEventListener("change", () => {
    done.textContent = "";
    complain(form, "");
  });
}

export class Troubles {
  #parts;
  #known = null;

  /** `parts` = {list, part, row, alert}: the host's list, and the place where a new one is said at once. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Takes the problems told so far, the newest first. */
  show(troubles) {
    const { list, part, row, alert } = this.#parts;
    const rows = troubles.map((one) => {
      const made = row.content.firstElementChild.cloneNode(true);
      made.querySelector("[data-text]").textContent = this.#words(one);
      return made;
    });
    list.replaceChildren(...rows);
    part.hidden = !rows.length;
    const fresh = troubles.find(({ id }) => this.#known && !this.#known.has(id));
    if (fresh) alert.textContent = this.#words(fresh);
    this.#known = new Set(troubles.map(({ id }) => id));
  }

  #words(one) {
    return word("trouble", { time: one.time, who: called(one), what: word(`trouble-${one.what}`) });
  }
}

/** The host's note: `form` says who asks; its buttons pause the recording, or open the choice of who stays. */
export function showAsked(form, asks, { pause, open }) {
  const text = asks.length ? word("pause-wanted", { who: asks.map(called).join("; ") }) : "";
  const place = form.querySelector("[data-text]");
  form.hidden = !text;
  if (place.textContent !== text) place.textContent = text;
  form.querySelector("[data-pause]").onclick = () => pause.click();
  form.querySelector("[data-yes]").onclick = () => open.getAttribute("aria-expanded") === "false" && open.click();
}

/** The asker's note: asked, declined until there is a pause all the same, or granted as long as it lasts. */
export function showAnswer(note, pause, state) {
  const rests = state === "paused" || state === "private";
  const said = pause && (pause.answer === "asked" || (pause.answer === "granted") === rests);
  const text = said ? word(`pause-${pause.answer}`, pause) : "";
  note.hidden = !text;
  if (note.textContent !== text) note.textContent = text;
}
