/** The draft of the outcome beside the picture: saved by itself, and never over what somebody else saved. */

import { post, read, reason } from "./ask.js";
import { clock, word } from "./words.js";

const IDLE_MS = 800;
const AGAIN_MS = 5000;
const QUIET = new Set(["draft-open", "draft-saved"]); // said aloud they would break into what is being typed
const NAMES = ["value", "presumed_country", "back_on", "evidence", "reasons", "travel_document"];

export class Draft {
  #form;
  #url;
  #place;
  #conflict;
  #version = 0;
  #base = null;
  #timer = 0;
  #busy = false;
  #standing = null;

  /** `box` holds the form; `line` tells of new evidence, `badge` when a pause ends. */
  constructor(box, badge, line) {
    this.#form = box.querySelector("form");
    this.#url = this.#form.action;
    this.#place = box.querySelector("[data-saved]");
    this.#conflict = box.querySelector("[data-conflict]");
    this.#form.addEventListener("input", () => this.#typed());
    this.#form.addEventListener("focusout", () => this.#timer && this.#save());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    box.querySelector("[data-theirs]").addEventListener("click", () => this.#settle(false));
    box.querySelector("[data-mine]").addEventListener("click", () => this.#settle(true));
    line.on("evidence_changed", () => this.load());
    line.on("ended", () => this.#timer && this.#save());
    badge.onChange(() => this.#timer && this.#save());
    window.addEventListener("focus", () => this.load());
  }

  /** Takes what the server has; what is typed here and not saved yet stays. */
  async load() {
    const { ok, body } = await read(this.#url);
    if (!ok || this.#busy) return;
    this.#offer(body);
    if (this.#timer || this.#standing) return;
    const lost = JSON.parse(sessionStorage.getItem(this.#url));
    const before = this.#base;
    const isNew = body.version !== this.#version;
    this.#take(body);
    if (!lost) {
      if (isNew) this.#say("draft-theirs", { who: body.by, time: body.saved });
      return;
    }
    this.#fill(lost.fields);
    if (lost.after === body.version) this.#save();
    else this.#differ(body, before ?? lost.fields);
  }

  #take(body) {
    this.#version = body.version;
    if (body.fields) this.#fill(body.fields);
    this.#base = this.#fields();
    this.#lacks(body.missing);
  }

  /** Says what its signature would still be refused for. */
  #lacks(missing) {
    const list = this.#form.querySelector("[data-missing]");
    list.replaceChildren(...missing.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.parentElement.hidden = !missing.length;
  }

  #offer({ evidence, countries }) {
    const { presumed_country: country } = this.#form.elements;
    if (country.options.length === 1) country.append(...countries.map(([code, name]) => new Option(name, code)));
    const kept = new Set(this.#fields().evidence);
    const template = document.getElementById("t-stays").content.firstElementChild;
    const rows = evidence.map(({ id, kind, at_ms: at }) => {
      const row = template.cloneNode(true);
      const [box, label] = [row.querySelector("input"), row.querySelector("label")];
      Object.assign(box, { id: `draft-${id}`, name: "evidence", value: id, checked: kept.has(id) });
      label.htmlFor = box.id;
      label.textContent = [word(`evidence-${kind}`), at === null ? "" : clock(at)].filter(Boolean).join(", ");
      return row;
    });
    this.#part("evidence").querySelector("[data-items]").replaceChildren(...rows);
    this.#part("evidence").querySelector("[data-empty]").hidden = rows.length > 0;
  }

  #fields() {
    const data = new FormData(this.#form);
    return Object.fromEntries(
      NAMES.map((name) => [name, name === "evidence" ? data.getAll(name) : (data.get(name) ?? "")]),
    );
  }

  #fill(fields) {
    for (const input of this.#form.querySelectorAll("[name]")) {
      const wanted = fields[input.name];
      if (wanted === undefined) continue;
      if (input.type === "radio") input.checked = input.value === wanted;
      else if (input.type === "checkbox") input.checked = wanted.includes(input.value);
      else input.value = wanted;
    }
  }

  #typed() {
    sessionStorage.setItem(this.#url, JSON.stringify({ after: this.#version, fields: this.#fields() }));
    if (this.#standing) return;
    this.#say("draft-open");
    this.#again(IDLE_MS);
  }

  #again(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), ms);
  }

  async #save() {
    if (this.#busy || this.#standing) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#busy = true;
    const sent = this.#fields();
    const pairs = NAMES.flatMap((name) => [sent[name]].flat().map((text) => [name, text]));
    const result = await post(this.#url, [...pairs, ["after", this.#version]]);
    this.#busy = false;
    if (result.ok) this.#saved(result.body, sent);
    else if (result.body.fields) this.#differ(result.body);
    else {
      this.#say("draft-lost", { why: reason(result) || word("not-sent") });
      this.#again(AGAIN_MS);
    }
  }

  #saved(body, sent) {
    this.#version = body.version;
    this.#base = sent;
    if (same(sent, this.#fields())) sessionStorage.removeItem(this.#url);
    else this.#typed();
    this.#say("draft-saved", { time: body.saved });
    this.#lacks(body.missing);
  }

  /** Somebody else saved meanwhile: says who, and what of it is other than it was here before. */
  #differ(body, before = this.#base ?? {}) {
    this.#standing = body;
    const changed = NAMES.filter((name) => !same(before[name], body.fields[name]));
    const rows = changed.map((name) => {
      const row = document.createElement("li");
      row.textContent = word("draft-field", { name: this.#title(name), text: this.#words(name, body.fields[name]) });
      return row;
    });
    this.#conflict.querySelector("ul").replaceChildren(...rows);
    this.#conflict.querySelector("p").textContent = word("draft-changed", { who: body.by, time: body.saved });
    this.#conflict.hidden = false;
    this.#say("draft-lost", { why: "" });
  }

  #settle(keepsMine) {
    const body = this.#standing;
    this.#standing = null;
    this.#conflict.hidden = true;
    if (keepsMine) {
      this.#version = body.version;
      this.#save();
    } else {
      sessionStorage.removeItem(this.#url);
      this.#take(body);
      this.#say("draft-theirs", { who: body.by, time: body.saved });
    }
    this.#form.elements.reasons.focus();
  }

  #part(name) {
    return this.#form.querySelector(`[data-field="${name}"]`);
  }

  #title(name) {
    return this.#part(name).querySelector("legend, label").textContent;
  }

  #words(name, value) {
    const said = [value].flat().map((one) => {
      const input = [...this.#form.querySelectorAll(`input[name="${name}"]`)].find((each) => each.value === one);
      const option = [...(this.#form.elements[name]?.options ?? [])].find((each) => each.value === one);
      return (input?.type === "date" ? one : input?.labels[0].textContent) ?? option?.textContent ?? one;
    });
    return said.filter(Boolean).join(", ") || "—";
  }

  #say(name, values) {
    const text = word(name, values);
    if (this.#place.textContent === text) return;
    this.#place.ariaLive = QUIET.has(name) ? "off" : "polite";
    this.#place.textContent = text;
  }
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
