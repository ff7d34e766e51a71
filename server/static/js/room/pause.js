/** A pause asked of the host: what the host reads and may press, and what the asker learns. */

import { called, word } from "./words.js";

/** The host's note: `form` says who asks; its button opens the choice of who stays. */
export function showAsked(form, asks, open) {
  const text = asks.length ? word("pause-wanted", { who: asks.map(called).join("; ") }) : "";
  const place = form.querySelector("[data-text]");
  form.hidden = !text;
  if (place.textContent !== text) place.textContent = text;
  form.querySelector("[data-yes]").onclick = () => open.getAttribute("aria-expanded") === "false" && open.click();
}

/** The asker's note: asked, declined, or granted as long as the pause lasts. */
export function showAnswer(note, pause, rests) {
  const said = pause && (pause.answer !== "granted" || rests);
  const text = said ? word(`pause-${pause.answer}`, pause) : "";
  note.hidden = !text;
  if (note.textContent !== text) note.textContent = text;
}
