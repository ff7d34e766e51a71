/** The minutes: the list as the server has it, and the composer that never loses what is being typed. */

import { read } from "./ask.js";
import { wire } from "./form.js";
import { called, clock, word } from "./words.js";

const DRAFT = "parloir-draft:";
const CLOSED = new Set(["paused", "private"]);

export class Minutes {
  #list;
  #form;
  #badge;
  #key;

  #now;

  /**
   * `parts` = {list, form, questions, template, url, correct, reading, said}; `questions` are forms of one press each;
   * `correct` notes what the person corrects, `reading` that all was read back, `said` says how that stands.
   * `now()` is the interview's clock in ms, null before it runs.
   */
  constructor(parts, badge, line, now) {
    this.parts = parts;
    this.#now = now;
    this.#list = parts.list;
    this.#form = parts.form;
    this.#badge = badge;
    this.#key = DRAFT + parts.url;
    if (!this.#form) return;
    line.on("minutes_changed", () => this.refresh());
    line.on("admitted", () => this.refresh());
    for (const form of this.parts.questions) wire(form, () => this.refresh());
    wire(this.parts.reading, (_, form) => {
      form.reset();
      form.querySelector("[data-close]").click();
      this.refresh();
    });
    wire(this.parts.correct, (_, form) => {
      form.reset();
      this.refresh();
    });
    this.#compose();
  }

  async refresh() {
    const { ok, body } = await read(this.parts.url);
    if (!ok) return;
    this.#draw(body.minutes);
    if (this.parts.said.textContent !== body.read_back) this.parts.said.textContent = body.read_back;
  }

  /** Nothing typed outlives the interview. */
  forget() {
    sessionStorage.removeItem(this.#key);
  }

  /** Offers the lines that the person may correct; a reading covers what is shown here, nothing later. */
  #offer(entries) {
    const { corrects } = this.parts.correct.elements;
    const lines = entries.filter(({ kind }) => kind !== "message" && kind !== "correction");
    const chosen = corrects.value;
    const offered = lines.map((line) => new Option(line.text, line.id, false, line.id === chosen));
    corrects.replaceChildren(corrects.options[0], ...offered);
    this.parts.reading.elements.through.value = entries.at(-1)?.position ?? 0;
  }

  #draw(entries) {
    this.#offer(entries);
    const inPlace = entries.flatMap((entry) =>
      entry.corrects ? [] : [entry, ...entries.filter((other) => other.corrects === entry.id)],
    );
    const rows = inPlace.map((entry) => {
      const row = this.parts.template.content.firstElementChild.cloneNode(true);
      const time = row.querySelector("time");
      time.textContent = entry.at_ms === null ? entry.time : clock(entry.at_ms);
      time.dateTime = entry.said_at;
      const who = entry.participant ? called(entry) : "";
      row.querySelector(".p-kind").textContent = word(`statement-${entry.kind}`, { who });
      row.querySelector("[data-text]").textContent = entry.text;
      return row;
    });
    this.#list.replaceChildren(...rows);
    const asked = new Set(entries.filter((entry) => entry.kind === "question").map((entry) => entry.text));
    for (const question of this.parts.questions) {
      question.querySelector("[data-asked]").hidden = !asked.has(question.elements.text.value);
    }
    this.#list.parentElement.querySelector("[data-empty]").hidden = rows.length > 0;
    const scroller = this.#list.parentElement;
    scroller.scrollTop = scroller.scrollHeight;
  }

  #compose() {
    const text = this.#form.elements.text;
    text.value = sessionStorage.getItem(this.#key) || text.value;
    text.addEventListener("input", () => {
      if (text.value) sessionStorage.setItem(this.#key, text.value);
      else this.forget();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    wire(this.#form, () => {
      text.value = "";
      this.forget();
      text.focus();
      this.refresh();
    });
    this.#badge.onChange((state) => this.#close(CLOSED.has(state)));
    setInterval(() => this.#place(), 1000);
  }

  /** During a pause nothing is noted. */
  #close(paused) {
    const label = this.#form.querySelector("[data-label]");
    label.textContent = word(paused ? "minutes-closed" : "minutes-label");
    this.#form.elements.text.disabled = paused;
    this.#form.querySelector("button").disabled = paused;
    this.#place();
  }

  #place() {
    const now = this.#now();
    const hint = this.#form.querySelector("[data-hint]");
    let text = now === null ? "" : word("minutes-at", { time: clock(now) });
    if (CLOSED.has(this.#badge.state)) text = word("minutes-paused");
    if (hint.textContent !== text) hint.textContent = text;
  }
}
