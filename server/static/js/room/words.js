/** Words that the server wrote into the page; the scripts hold none of their own. */

const box = document.getElementById("words");

/**
 * The sentence called `name`, its `{places}` filled from `values`.
 * @param {string} name
 * @param {Record<string, string|number>} [values]
 */
export function word(name, values = {}) {
  const holder = box?.content.querySelector(`[data-word="${CSS.escape(name)}"]`);
  const text = holder ? holder.textContent : "";
  return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

let names = {};

/** Takes the names, by participant, of those whom this reader may know by name. */
export function learn(known) {
  names = known;
}

/** Somebody of the interview by role, and by name where it is known. */
export function called({ participant, role }) {
  const name = names[participant];
  return name ? word("role-and-name", { role: word(`role-${role}`), name }) : word(`role-${role}`);
}

/** Milliseconds as the clock of an interview: 0:04:15, 1:02:09; an hour of the day has two parts. */
export function clock(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
