/** Before the door and in front of it: the hour, how it stands to the planned start, and who is here. */

import { read } from "./ask.js";
import { word } from "./words.js";

const ASK_EVERY_MS = 5000;
const TICK_MS = 1000;
const MINUTE_MS = 60_000;
const MOST_MINUTES = 90; // before which the day and the hour say more
const GONE = new Set([401, 404]);
const BEFORE = ["early", "waiting"];
const OUT = ["removed", "left", "replaced"]; // without a line, which would tell the end

export class Waiting {
  #stage;
  #parts;
  #known = new Map();

  /** `parts` = {clocks, company, row, live, url}; `clocks` carry data-now, data-starts, data-opens and data-zone. */
  constructor(stage, parts) {
    this.#stage = stage;
    this.#parts = parts;
    const [clock] = parts.clocks;
    this.starts = Number(clock.dataset.starts);
    this.opens = Number(clock.dataset.opens);
    this.ahead = Number(clock.dataset.now) - Date.now(); // of this device's own clock, which may be wrong
    const { lang } = document.documentElement;
    this.format = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone });
    setInterval(() => this.#tick(), TICK_MS);
    setInterval(() => this.look(), ASK_EVERY_MS);
    this.#tick();
  }

  /** Asks who is here and whether it is open or over, while nobody tells it; one that is closed meanwhile says so. */
  async look() {
    if (![...BEFORE, ...OUT].includes(this.#stage.state)) return;
    const { status, body } = await read(this.#parts.url);
    if (GONE.has(status)) location.reload();
    else if (body.is_over && OUT.includes(this.#stage.state)) this.#stage.show("ended");
    else if (body.company && BEFORE.includes(this.#stage.state)) this.#list(body.company);
    if (this.#stage.state === "early" && body.is_early === false) this.#open();
  }

  #open() {
    this.#stage.show("door");
    this.#parts.live.textContent = word("opened");
  }

  #tick() {
    const now = Date.now() + this.ahead;
    const minutes = Math.ceil((this.starts - now) / MINUTE_MS);
    let name = "now";
    if (minutes > 0) name = "early";
    else if (minutes < 0) name = "late";
    for (const clock of this.#parts.clocks) {
      clock.querySelector("[data-clock-time]").textContent = this.format.format(now);
      clock.querySelector("[data-clock-word]").textContent =
        minutes > MOST_MINUTES ? "" : word(`time-${name}`, { minutes: Math.abs(minutes) });
    }
    if (this.#stage.state === "early" && now >= this.opens) this.#open();
  }

  #list(company) {
    const said = [];
    const rows = company.map(({ role, state }, place) => {
      const row = this.#parts.row.content.firstElementChild.cloneNode(true);
      const words = { who: word(`role-${role}`), place: word(`place-${state}`) };
      row.querySelector("[data-name]").textContent = words.who;
      row.querySelector("[data-place]").textContent = words.place;
      if (this.#known.size && this.#known.get(place) !== state) said.push(word("company-said", words));
      return row;
    });
    this.#known = new Map(company.map(({ state }, place) => [place, state]));
    this.#parts.company.replaceChildren(...rows);
    const isOpen = company.some(({ role, state }) => role === "detainee" && state === "in");
    for (const text of this.#parts.company.parentElement.querySelectorAll("[data-room-open]")) {
      text.hidden = (text.dataset.roomOpen === "yes") !== isOpen;
    }
    if (said.length) this.#parts.live.textContent = said.join(". ");
  }
}
