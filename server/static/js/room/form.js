/** Forms that are sent without leaving the page: what was typed stays until the server has taken it. */

import { post, reason } from "./ask.js";
import { word } from "./words.js";

/** Shows `text` beside the form, or clears it when empty. */
export function complain(form, text) {
  const place = form.querySelector("[data-error]");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

/**
 * Sends `form` in the background.
 * @param {HTMLFormElement} form with a [data-error] paragraph
 * @param {(body: object, form: HTMLFormElement) => void} done called with the server's answer
 * @param {(fields: FormData) => void} [complete] may add fields before they go
 */
export function wire(form, done, complete = () => {}) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    complain(form, "");
    const fields = new FormData(form, event.submitter);
    await complete(fields);
    const multipart = form.enctype === "multipart/form-data";
    const result = await post(form.action, multipart ? fields : [...fields]);
    form.removeAttribute("aria-busy");
    if (result.ok) done(result.body, form);
    else complain(form, reason(result) || word(result.status ? "refused" : "not-sent"));
  });
}
