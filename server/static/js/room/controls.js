/** The bar of controls: own microphone and camera, and what opens or closes with the recording. */

import { wire } from "./form.js";
import { word } from "./words.js";

/** Buttons [data-turn="audio|video"]: the word is the present state; signs [data-own] say what is closed. */
export function ownMedia(bar, own, media, line) {
  const buttons = [...bar.querySelectorAll("[data-turn]")];
  const show = () => {
    for (const button of buttons) {
      const kind = button.dataset.turn;
      const open = media.sends(kind);
      button.disabled = media.held || (kind === "video" && media.rests);
      button.setAttribute("aria-pressed", String(open));
      button.querySelector("[data-turn-word]").textContent = word(`${kind}-${open ? "open" : "closed"}`);
      button.querySelector("[data-icon-open]").toggleAttribute("hidden", !open);
      button.querySelector("[data-icon-closed]").toggleAttribute("hidden", open);
    }
    for (const sign of own) sign.hidden = media.sends(sign.dataset.own);
    line.send({ type: "media", audio: media.sends("audio"), video: media.sends("video") });
  };
  for (const button of buttons) {
    button.addEventListener("click", () => media.turn(button.dataset.turn, !media.sends(button.dataset.turn)));
  }
  media.onChange(show);
  line.on("admitted", show);
  line.on("welcome", show);
}

/** Parts [data-rec="off recording …"] are there only in those states; a form sends what its buttons say. */
export function recording(root, badge) {
  badge.onChange((state) => {
    for (const part of root.querySelectorAll("[data-rec]")) {
      part.hidden = !part.dataset.rec.split(" ").includes(state);
    }
  });
  const alarm = root.querySelector("[data-part=alarm]");
  if (alarm) badge.onChange((state) => (alarm.textContent = word(`alarm-${state}`)));
  const form = root.querySelector("form[data-recording]");
  if (form) wire(form, () => {});
}

/** Alt and a letter press the button that names them in aria-keyshortcuts, wherever the focus is. */
export function keys(root) {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const letter = /^[a-z]$/i.test(event.key) ? event.key : event.code.slice(-1); // a Mac writes signs with Alt
    const button = root.querySelector(`[aria-keyshortcuts="Alt+${CSS.escape(letter.toUpperCase())}"]`);
    if (!button?.checkVisibility() || button.disabled) return;
    event.preventDefault();
    if (!event.repeat) button.click();
  });
}

/** Buttons [data-disclose] open and close the panels that they control: one is open at a time. It takes the focus, and gives it back. */
export function panels(root) {
  const buttons = [...root.querySelectorAll("[data-disclose]")];
  const panelOf = (button) => document.getElementById(button.getAttribute("aria-controls"));
  const turn = (panel, open) => {
    panel.hidden = !open;
    for (const button of buttons) if (panelOf(button) === panel) button.setAttribute("aria-expanded", String(open));
  };
  const opened = () => buttons.find((button) => !panelOf(button).hidden);
  const close = () => {
    const panel = panelOf(opened());
    const own = buttons.filter((button) => panelOf(button) === panel);
    const goesOn = own.find((button) => button.checkVisibility());
    const had = panel.contains(document.activeElement) || document.activeElement === document.body;
    turn(panel, false);
    if (had) goesOn?.focus();
  };
  const open = (panel) => {
    if (opened()) turn(panelOf(opened()), false);
    turn(panel, true);
    panel.scrollIntoView({ block: "nearest" });
    [...panel.querySelectorAll("input:not([type=hidden]), select, button")].find((field) => field.checkVisibility())?.focus();
  };
  for (const button of buttons) {
    const panel = panelOf(button);
    button.addEventListener("click", () => (panel.hidden ? open(panel) : close()));
  }
  for (const panel of new Set(buttons.map(panelOf))) panel.querySelector("[data-close]")?.addEventListener("click", close);
  root.addEventListener("keydown", ({ key, target }) => {
    const alone = target.closest("form[data-part=remove-form]"); // which closes itself
    if (key === "Escape" && !alone && opened()) close();
  });
}
