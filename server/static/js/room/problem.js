/** What the host is told: technical problems of everybody, and who asks for a pause. */

import { complain, wire } from "./form.js";
import { called, word } from "./words.js";

const CLOSED = `parloir-pause-closed:${location.pathname}`; // a page that is loaded again does not open it again

/** Once the host knows, the panel says so in place of the question, which `open` asks anew. */
export function tellHost({ panel, form, done, open }) {
  const ask = form.querySelector("[data-ask]");
  const send = form.querySelector("button:not([type])");
  const turn = (told) => {
    ask.hidden = told;
    send.hidden = told;
    done.textContent = told ? word("problem-told") : "";
  };
  wire(form, () => {
    form.reset();
    const had = panel.contains(document.activeElement);
    turn(true);
    if (had) form.querySelector("[data-close]").focus();
  });
  form.addEventListener("change", () => complain(form, ""));
  open.addEventListener("click", () => turn(false), { capture: true }); // before the panel looks for its first field
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

/** The asker's note: asked, declined until it is closed or there is a pause all the same, granted as long as it lasts. */
export class PauseSaid {
  #note;
  #badge;
  #pause = null;

  /** `note` has a place for the words and a button that closes it; then `ask`, who asked, has the focus. */
  constructor(note, ask, badge) {
    this.#note = note;
    this.#badge = badge;
    badge.onChange(() => this.#look());
    note.querySelector("[data-close]").addEventListener("click", () => {
      sessionStorage.setItem(CLOSED, this.#key());
      this.#look();
      ask.focus();
    });
  }

  /** Takes the last pause that was asked for here, or null. */
  show(pause) {
    this.#pause = pause;
    this.#look();
  }

  #key() {
    return this.#pause ? `${this.#pause.answer} ${this.#pause.time}` : "";
  }

  #text() {
    const rests = ["paused", "private"].includes(this.#badge.state);
    const said = this.#pause && (this.#pause.answer === "asked" || (this.#pause.answer === "granted") === rests);
    return said ? word(`pause-${this.#pause.answer}`, this.#pause) : "";
  }

  #look() {
    const text = this.#text();
    const place = this.#note.querySelector("[data-text]");
    this.#note.hidden = !text || this.#key() === sessionStorage.getItem(CLOSED);
    this.#note.querySelector("[data-close]").hidden = this.#pause?.answer !== "declined";
    if (place.textContent !== text) place.textContent = text;
  }
}
