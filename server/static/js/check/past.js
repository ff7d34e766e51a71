/** The last checks of this device, kept in this browser alone: a day and a verdict, nothing about anybody. */

import { word } from "../room/words.js";

const KEY = "parloir-checks";
const MOST = 5;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Keeps one check: {at, verdict, line}. */
export function remember(check) {
  try {
    localStorage.setItem(KEY, JSON.stringify([check, ...read()].slice(0, MOST)));
  } catch {
    // a browser that keeps nothing simply has no list
  }
}

/** Lists the former checks in `panel`, one `template` row each; without any the panel stays hidden. */
export function past(panel, template) {
  const { lang } = document.documentElement;
  const day = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { day: "numeric", month: "long" });
  const rows = read().map(({ at, verdict, line }) => {
    const row = template.content.firstElementChild.cloneNode(true);
    row.textContent = word(`past-${verdict}-${line || "unknown"}`, { day: day.format(new Date(at)) });
    return row;
  });
  panel.querySelector("ul").replaceChildren(...rows.filter((row) => row.textContent));
  panel.hidden = panel.querySelector("li") === null;
}
