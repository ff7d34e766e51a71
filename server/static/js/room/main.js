/** The interview in the browser: puts door, line, connection, people, recording, minutes and evidence together. */

import { read } from "./ask.js";
import { AudioFirst, soundAlone } from "./audio_first.js";
import { choose, Consultation, show } from "./consultation.js";
import { keys, ownMedia, panels, recording } from "./controls.js";
import { Devices } from "./devices.js";
import { Door } from "./door.js";
import { Evidence } from "./evidence.js";
import { complain, wire } from "./form.js";
import { Line } from "./line.js";
import { OwnMedia, trouble } from "./media.js";
import { Messages } from "./messages.js";
import { Minutes } from "./minutes.js";
import { Peer } from "./peer.js";
import { People } from "./people.js";
import { PauseSaid, showAsked, tellHost, Troubles } from "./problem.js";
import { Quality } from "./quality.js";
import { Badge } from "./recording.js";
import { Seats } from "./seats.js";
import { Stage } from "./stage.js";
import { giveStills, sharpness } from "./still.js";
import { fullScreen, speakerView } from "./view.js";
import { Waiting } from "./waiting.js";
import { clock, learn, word } from "./words.js";

const root = document.getElementById("room");
const { participant, focus, met, runningMs, interview, lineUrl, factsUrl } = root.dataset;
const INSIDE = `parloir-inside:${interview}`;
const FACTS_EVERY_MS = 240_000; // also keeps the login from growing idle
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const template = (name) => document.getElementById(`t-${name}`);

const stage = new Stage(root);
const media = new OwnMedia();
const device = sessionStorage.getItem(INSIDE) ?? crypto.randomUUID();
const line = new Line(lineUrl, device);
const consultation = new Consultation(participant, line);
const badge = new Badge(part("recording"));
consultation.onChange((isNew) => {
  badge.setPrivate(consultation.runs);
  if (media.held !== consultation.isOutside) media.hold(consultation.isOutside);
  if (isNew && stage.state === "room") facts();
});
const seats = new Seats(
  Number(root.dataset.seats),
  { main: part("main"), crew: part("crew"), roll: part("roll"), tile: template("tile") },
  { self: participant, focus, met: met.split(" ") },
  consultation,
);
const peer = new Peer(line, media.stream, seats);
const ending = part("ending"); // a guest ends nothing
const listens = "listens" in root.dataset; // who is never seen opens no device
const running = { ms: null, at: 0 };
const now = () => (running.ms === null ? null : running.ms + performance.now() - running.at);
const minutes = new Minutes(
  {
    list: part("minutes"),
    form: part("compose"),
    questions: [...root.querySelectorAll("[data-question]")],
    template: template("minute"),
    url: root.dataset.minutesUrl,
    correct: part("correct"),
    reading: part("read-back"),
    said: part("read-back-said"),
  },
  badge,
  line,
  now,
);

new Evidence(
  {
    list: part("evidence"),
    count: part("evidence-count"),
    form: part("evidence-form"),
    open: [...root.querySelectorAll("[data-evidence]")],
    template: template("proof"),
    url: root.dataset.evidenceUrl,
    stillsUrl: root.dataset.stillsUrl,
  },
  seats,
  line,
  consultation,
);
new Messages(
  {
    part: part("messages-part"),
    list: part("messages"),
    form: part("messages-form"),
    template: template("minute"),
    url: root.dataset.messagesUrl,
    open: part("messages-open"),
  },
  participant,
  badge,
  line,
  consultation,
);
part("draft")?.addEventListener("toggle", async ({ currentTarget }) => {
  const { Draft } = await import("./draft.js"); // many interviews end without one
  await new Draft(currentTarget, badge, line).load();
}, { once: true });
giveStills({ self: participant, media, peer, line, url: root.dataset.stillsUrl, live: part("live") });
sharpness({ self: participant, media, line, url: root.dataset.sharpnessUrl, seats, button: part("sharp") });
tellHost({ panel: part("problem"), form: part("problem-form"), done: part("problem-done"), open: root.querySelector("[aria-controls=problem]") });
const troubles =
  part("troubles") &&
  new Troubles({
    list: part("troubles"),
    part: part("troubles-part"),
    row: template("trouble"),
    alert: part("trouble-alert"),
  });
const audioFirst = new AudioFirst();
soundAlone(
  audioFirst,
  { media, peer, seats, line },
  {
    note: part("sound-note"),
    text: part("sound-words"),
    words: (why) => word(`alone-${why}`),
    back: part("sound-back"),
    ask: part("sound-ask"),
  },
);
new Quality(peer, line, audioFirst, part("line"));
new Devices(part("settings"), { media, peer, seats });
speakerView(part("speaker"), peer, seats);
fullScreen(part("full"), root);
keys(root);
const people = new People(
  {
    roll: part("roll"),
    row: template("roll"),
    live: part("live"),
    waiting: part("waiting"),
    waitingRow: template("waiting"),
    admit: root.dataset.admitUrl,
  },
  { self: participant, met: met.split(" ") },
  seats,
  line,
  consultation,
);
const door =
  part("inside") &&
  new Door(
    root,
    {
      guests: part("guests"),
      inside: part("inside"),
      insideRow: template("inside"),
      form: part("remove-form"),
      removed: part("removed"),
      removedRow: template("removed"),
      admit: root.dataset.admitUrl,
    },
    line,
  );
const waiting = new Waiting(stage, {
  clocks: root.querySelectorAll("[data-clock]"),
  company: part("company"),
  row: template("company"),
  live: part("live"),
  url: factsUrl,
});
show(consultation, { panel: part("private"), note: part("private-note"), live: part("live") });
if (door) {
  choose(
    consultation,
    {
      form: part("consult-form"),
      choices: part("may-stay"),
      template: template("stays"),
      open: [...root.querySelectorAll("[aria-controls=consult]")],
      resume: part("resume"),
    },
    line,
  );
}
ownMedia(part("controls"), [...root.querySelectorAll("[data-own]")], media, line);
recording(root, badge);
panels(root);
part("notice-due")?.querySelector("button").addEventListener("click", () => {
  const heading = document.getElementById("h-notice");
  heading.parentElement.querySelector("details").open = true;
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
});

const pauseSaid = part("pause-said") && new PauseSaid(part("pause-said"), part("pause-ask"), badge);

function run(ms) {
  running.ms = ms;
  running.at = performance.now();
}

/** A line that is typed and not kept would be lost with the room. */
ending?.form.addEventListener("submit", (event) => {
  if (!root.querySelector("#text")?.value.trim()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  complain(ending.form, word("unsaid"));
}, { capture: true });

/** Offers the endings that fit the interview as it stands; only the normal one is anybody's first choice. */
function offer(endings) {
  for (const option of ending.options) {
    option.hidden = option.value !== "" && !endings.includes(option.value);
    option.disabled = option.hidden;
  }
  if (ending.dataset.chosen && !ending.selectedOptions[0]?.disabled) return;
  ending.value = endings.includes("normal") ? "normal" : "";
}

/** Puts the facts of notice, consent, clock and recorded time onto the page. */
async function facts() {
  const { ok, body } = await read(factsUrl);
  if (!ok) return;
  run(body.running_ms);
  learn(body.names);
  seats.draw();
  people.refresh();
  if (body.recording_state === badge.state) badge.show(badge.state, body.recorded_ms);
  if (ending) offer(body.endings);
  for (const place of root.querySelectorAll("[data-notice-words]")) place.textContent = body.notice_words;
  if (part("notice-due")) part("notice-due").hidden = !body.notice_due;
  door?.facts(body);
  door?.refresh();
  troubles?.show(body.troubles);
  if (part("host-name")) part("host-name").textContent = body.host && word("host-is", { name: body.host });
  telephone(body.by_telephone);
  if (part("pauses")) {
    const pause = root.querySelector("[name=run][value=pause]");
    showAsked(part("pauses"), body.pauses, { pause, open: root.querySelector("[aria-controls=consult]") });
  }
  pauseSaid?.show(body.pause);
  for (const place of root.querySelectorAll("[data-running]")) place.hidden = body.running_ms === null;
  for (const place of root.querySelectorAll("[data-notice]")) {
    place.hidden = place.dataset.notice !== body.recording_ahead;
  }
}

/** Says since when the interview goes on by telephone; "" when it does not. */
function telephone(time) {
  const note = part("telephone-note");
  note.hidden = !time;
  note.textContent = time && word("by-telephone", { time });
  for (const place of root.querySelectorAll("[data-telephone]")) place.hidden = (place.dataset.telephone === "yes") !== Boolean(time);
}

/** Opens the devices and the line; `back` when the page was loaded again and nobody pressed a button. */
async function enter(back) {
  part("enter-note").hidden = false;
  try {
    if (!listens) await media.start();
  } catch (error) {
    for (const text of root.querySelectorAll("[data-trouble]")) text.hidden = text.dataset.trouble !== trouble(error);
    stage.show("blocked");
    return;
  } finally {
    part("enter-note").hidden = true;
  }
  sessionStorage.setItem(INSIDE, device);
  if (!listens) {
    part("self").srcObject = media.stream;
    part("self").play().catch(() => {});
  }
  line.open({ back });
}

/** This browser is out: devices off, connection gone; `state` says why. */
function leave(state) {
  sessionStorage.removeItem(INSIDE);
  line.close();
  peer.close();
  media.stop();
  seats.empty();
  stage.show(state);
}

line.on("waiting", () => {
  stage.show("waiting");
  waiting.look();
});
line.on("early", () => location.reload());
line.on("admitted", () => {
  stage.show("room");
  facts();
});
line.on("welcome", ({ recording: state }) => {
  seats.empty();
  if (state) badge.show(state.state, state.since_ms);
});
line.on("recording", ({ state, elapsed_ms: elapsed }) => {
  badge.show(state, elapsed);
  facts(); // the node counts from its own start, the database from the first second
});
line.on("seat", ({ seat, participant: who }) => seats.assign(seat, who));
line.on("line_lost", () => {
  seats.empty();
  if (badge.state === "recording") badge.show("interrupted", badge.elapsed);
});
line.on("lost", () => {
  seats.empty();
  waiting.look();
  if (badge.state === "recording") badge.show("unknown", badge.elapsed); // it may go on without this browser
});
line.on("notice_changed", facts);
line.on("replaced", () => leave("replaced"));
line.on("removed", () => leave("removed"));
line.on("ended", () => {
  badge.show("off");
  minutes.forget();
  leave("ended");
});

ending?.addEventListener("change", ({ target }) => {
  target.dataset.chosen = "yes";
});
seats.onMore = () => peer.grow();
media.onReplaced = () => line.renew();
seats.onBlocked = () => {
  part("listen").hidden = false;
};
part("listen").addEventListener("click", async () => {
  part("listen").hidden = await seats.listen();
});
for (const button of root.querySelectorAll("[data-enter]")) {
  button.addEventListener("click", () => enter(false));
}
root.querySelector("[data-leave]")?.addEventListener("click", () => {
  line.send({ type: "leave" });
  leave("left");
});
for (const form of root.querySelectorAll("form[data-send]")) {
  wire(form, (body) => {
    if (body.next) location.assign(body.next);
    else facts();
    form.closest("details")?.removeAttribute("open");
  });
}
window.addEventListener("pagehide", () => line.send({ type: "leave" }));
if (runningMs) run(Number(runningMs));
setInterval(() => {
  const text = now() === null ? "" : word("interview-clock", { time: clock(now()) });
  if (part("clock").textContent !== text) part("clock").textContent = text;
}, 500);
setInterval(() => stage.state === "room" && facts(), FACTS_EVERY_MS);
let known = new Set();
line.on("roster", ({ people: all }) => {
  const isNew = all.some((one) => !known.has(one.participant));
  known = new Set(all.map((one) => one.participant));
  if (isNew && stage.state === "room") facts(); // which bring the name
});
if (stage.state === "door" && sessionStorage.getItem(INSIDE)) enter(true);
