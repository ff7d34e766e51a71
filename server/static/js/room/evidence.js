/** Evidence: the list, and the still of a shown document, at first from the line, then from the camera itself. */

import { post, read, readPicture, reason } from "./ask.js";
import { complain, wire } from "./form.js";
import { clock, word } from "./words.js";

const QUALITY = 0.92;
const AWAITED_MS = 15_000;

/** What there is to say of an item: class, original or copy, who showed it, whether its picture is kept. */
function more(item) {
  const weight = [word(`class-${item.evidence_class}`), item.form && word(`form-${item.form}`)];
  const said = [weight.filter(Boolean).join(", "), word(`by-${item.presented_by}`)];
  said.push(item.has_picture && word("picture-sealed"), item.note);
  return said.filter(Boolean).join(". ");
}

export class Evidence {
  #parts;
  #seats;
  #canvas;
  #form;
  #still = { id: "", timer: 0 };

  /** `parts` = {list, count, template, url, stillsUrl, form, open}; `form` and `open` are null for those who only read. */
  constructor(parts, seats, line, consultation) {
    this.#parts = parts;
    this.#seats = seats;
    this.#form = parts.form;
    if (!this.#form) return;
    line.on("evidence_changed", () => this.refresh());
    line.on("admitted", () => this.refresh());
    line.on("still_brought", ({ still }) => still === this.#still.id && this.#came());
    this.#prepare();
    consultation.onChange(() => this.#rest(consultation.runs));
  }

  async refresh() {
    const { ok, body } = await read(this.#parts.url);
    if (ok) this.#draw(body.evidence);
  }

  #draw(items) {
    const rows = items.map((item) => {
      const row = this.#parts.template.content.firstElementChild.cloneNode(true);
      row.querySelector("[data-kind]").textContent = word(`evidence-${item.kind}`);
      row.querySelector("[data-at]").textContent = item.at_ms === null ? item.time : clock(item.at_ms);
      row.querySelector("[data-more]").textContent = more(item);
      return row;
    });
    this.#parts.list.replaceChildren(...rows);
    this.#parts.count.textContent = rows.length ? String(rows.length) : "";
    this.#parts.list.parentElement.querySelector("[data-empty]").hidden = rows.length > 0;
  }

  #prepare() {
    this.#canvas = this.#form.querySelector("canvas");
    for (const button of this.#parts.open) {
      button.addEventListener("click", () => this.#open(button.dataset.evidence === "picture"));
    }
    this.#form.querySelector("[data-again]").addEventListener("click", () => this.#take());
    this.#form.querySelector("[data-drop]").addEventListener("click", () => this.#discard());
    wire(this.#form, () => this.#taken(), (fields) => this.#attach(fields));
  }

  #open(withPicture) {
    complain(this.#form, "");
    this.#form.hidden = false;
    if (withPicture) this.#take();
    else this.#bare();
    this.#form.scrollIntoView({ block: "start" });
    this.#form.elements.kind.focus({ preventScroll: true });
  }

  /** Takes what came over the line at once, and asks whoever is shown for their camera's own picture. */
  async #take() {
    await this.#forget();
    this.#fromLine();
    const who = this.#seats.shown;
    if (!this.#form.dataset.picture || !who) return;
    this.#say("still-awaited");
    const result = await post(this.#parts.stillsUrl, { participant_id: who });
    if (!result.ok) return this.#refused(result);
    this.#still.id = result.body.still;
    this.#still.timer = setTimeout(() => this.#say("still-missing"), AWAITED_MS);
  }

  /** What the server does not let be taken is not kept from the line either. */
  #refused(result) {
    this.#say("");
    if (!result.status) return;
    this.#bare();
    complain(this.#form, reason(result));
  }

  /** The camera's own picture is there: it replaces the one from the line. */
  async #came() {
    clearTimeout(this.#still.timer);
    const { id } = this.#still;
    const picture = await readPicture(`${this.#parts.stillsUrl}/${id}`);
    if (!picture || id !== this.#still.id) return;
    const bitmap = await createImageBitmap(picture);
    this.#paint(bitmap, bitmap);
    this.#form.elements.still.value = id;
    this.#say("still-whole");
  }

  /** Nothing that is not kept stays on the server. */
  async #forget() {
    clearTimeout(this.#still.timer);
    const { id } = this.#still;
    this.#still = { id: "", timer: 0 };
    this.#form.elements.still.value = "";
    this.#say("");
    if (id) await post(`${this.#parts.stillsUrl}/${id}/drop`, {});
  }

  #say(name) {
    this.#form.querySelector("[data-still-word]").textContent = name ? word(name) : "";
  }

  /** Draws the frame that is on the screen now, at the size that came over the line. */
  #fromLine() {
    const video = this.#seats.picture;
    if (!video.videoWidth || video.hidden) {
      this.#bare();
      complain(this.#form, word("no-picture"));
      return;
    }
    this.#paint(video, { width: video.videoWidth, height: video.videoHeight });
  }

  #paint(image, { width, height }) {
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#canvas.getContext("2d").drawImage(image, 0, 0);
    this.#form.dataset.picture = "yes";
    this.#picture(true);
    this.#form.querySelector("[data-size]").textContent = word("picture-size", { width, height });
  }

  /** During a private consultation nothing is kept, and what was taken before stays as it is. */
  #rest(isPrivate) {
    for (const button of this.#form.querySelectorAll("[data-again], button:not([type])")) button.disabled = isPrivate;
    complain(this.#form, isPrivate && !this.#form.hidden ? word("evidence-rests") : "");
  }

  #bare() {
    this.#forget();
    this.#form.dataset.picture = "";
    this.#picture(false);
  }

  #picture(shown) {
    this.#form.querySelector("[data-still]").hidden = !shown;
  }

  async #attach(fields) {
    fields.delete("file");
    if (!this.#form.dataset.picture || fields.get("still")) return;
    const blob = await new Promise((done) => this.#canvas.toBlob(done, "image/jpeg", QUALITY));
    fields.append("file", blob, "still.jpg");
  }

  #taken() {
    this.#still.id = ""; // it is kept, and gone from where it waited
    this.#forget();
    this.#close();
    this.refresh();
  }

  #discard() {
    this.#forget();
    this.#close();
  }

  #close() {
    this.#form.reset();
    this.#form.hidden = true;
    this.#canvas.width = 1;
    this.#canvas.height = 1;
    this.#form.dataset.picture = "";
    this.#parts.open[0]?.focus();
  }
}
