/** Evidence: the list, and the still of a shown document taken from the person's picture at full size. */

import { read } from "./ask.js";
import { complain, wire } from "./form.js";
import { clock, word } from "./words.js";

const QUALITY = 0.92;

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

  /** `parts` = {list, count, template, url, form, open}; `form` and `open` are null for those who only read. */
  constructor(parts, seats, line) {
    this.#parts = parts;
    this.#seats = seats;
    this.#form = parts.form;
    if (!this.#form) return;
    line.on("evidence_changed", () => this.refresh());
    line.on("admitted", () => this.refresh());
    this.#prepare();
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
    this.#form.querySelector("[data-again]").addEventListener("click", () => this.#still());
    this.#form.querySelector("[data-drop]").addEventListener("click", () => this.#close());
    wire(this.#form, () => this.#taken(), (fields) => this.#attach(fields));
  }

  #open(withPicture) {
    complain(this.#form, "");
    this.#form.hidden = false;
    if (withPicture) this.#still();
    else this.#bare();
    this.#form.scrollIntoView({ block: "start" });
    this.#form.elements.kind.focus({ preventScroll: true });
  }

  /** Draws the frame that is on the screen now, at the size that came over the line. */
  #still() {
    const video = this.#seats.picture;
    if (!video.videoWidth || video.hidden) {
      this.#bare();
      complain(this.#form, word("no-picture"));
      return;
    }
    this.#canvas.width = video.videoWidth;
    this.#canvas.height = video.videoHeight;
    this.#canvas.getContext("2d").drawImage(video, 0, 0);
    this.#form.dataset.picture = "yes";
    this.#picture(true);
    const size = { width: video.videoWidth, height: video.videoHeight };
    this.#form.querySelector("[data-size]").textContent = word("picture-size", size);
  }

  #bare() {
    this.#form.dataset.picture = "";
    this.#picture(false);
  }

  #picture(shown) {
    this.#form.querySelector("[data-still]").hidden = !shown;
  }

  async #attach(fields) {
    fields.delete("file");
    if (!this.#form.dataset.picture) return;
    const blob = await new Promise((done) => this.#canvas.toBlob(done, "image/jpeg", QUALITY));
    fields.append("file", blob, "still.jpg");
  }

  #taken() {
    this.#close();
    this.refresh();
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
