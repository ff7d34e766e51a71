/** The equipment check: browser, camera, microphone, speaker and network, then a verdict in words. */

import { capture, trouble } from "../room/media.js";
import { word } from "../room/words.js";
import { guide, identify } from "./browser.js";
import { play, watchCamera, watchMicrophone } from "./device.js";
import { judge as judgeLine, Measurement, SECONDS } from "./network.js";
import { past, remember } from "./past.js";
import { download, write } from "./report.js";

const root = document.getElementById("check");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const item = (check) => root.querySelector(`[data-check="${check}"]`);
const browser = identify();
const NEEDED = ["browser", "speaker", "microphone", "network"]; // without one of these there is no interview
const OUTPUT_MS = 3000;
const REASONS = { camera: "camera", network: "sound" };
const LINES = { good: "good", sound: "fair", weak: "bad" };
let found = {};
let names = {};
let network = null;
let line = "";
let sound = null;
let stream = null;
let measurement = null;
let stops = [];
let isNoted = false;

function show(state) {
  root.dataset.state = state;
  for (const each of root.querySelectorAll("[data-when]")) {
    each.hidden = !each.dataset.when.split(" ").includes(state);
  }
}

function icon(holder, mark) {
  const fresh = document.getElementById(`t-mark-${mark}`).content.firstElementChild.cloneNode(true);
  holder.querySelector(":scope > .p-i").replaceWith(fresh);
}

/** Notes what a check found ("good", "fair", "bad" or "open") under the sentence called `name`. */
function note(check, result, name, values) {
  found[check] = result;
  names[check] = name;
  icon(item(check), result);
  item(check).querySelector("[data-word]").textContent = word(name, values);
  judge();
}

/** Which verdict the findings make, and because of what. */
function verdict() {
  const bad = NEEDED.find((check) => found[check] === "bad");
  if (bad) return ["bad", bad];
  const all = [...NEEDED, "camera"].every((check) => found[check] !== "open");
  if (!all) return ["running", ""];
  const fair = ["network", "camera"].find((check) => found[check] !== "good");
  return fair ? ["fair", REASONS[fair]] : ["good", ""];
}

/** Puts the answer on top, and below it what it rests on. */
function conclude(name, answer, more) {
  part("answer").textContent = word(answer);
  part("more").textContent = word(more);
  icon(part("verdict"), { running: "open" }[name] ?? name);
  part("verdict").classList.toggle("p-verdict--done", name === "good");
  part("verdict").classList.toggle("p-verdict--fault", name === "bad");
}

function judge() {
  const [name, why] = verdict();
  const isDone = !Object.values(found).includes("open");
  const cause = names[why] === "speaker-none" ? "output" : why;
  const answer = `verdict-${name}${why && name === "fair" ? `-${why}` : ""}`;
  conclude(name, answer, cause ? `more-${name}-${cause}` : `more-${name}`);
  show(isDone ? "done" : "running");
  const mayKeep = isDone && (name !== "bad" || (why === "network" && line !== ""));
  part("keep").hidden = !mayKeep;
  if (part("unkept")) part("unkept").hidden = mayKeep; // the other way to the door would lose the check
  part("keep").elements.line.value = line;
  if (!isDone) return;
  part("report").value = report();
  if (isNoted) return;
  isNoted = true;
  remember({ at: Date.now(), verdict: name, line });
}

function report() {
  const words = { verdict: part("answer").textContent };
  for (const check of Object.keys(found)) words[check] = item(check).querySelector("[data-word]").textContent;
  const label = (kind) => stream?.getTracks().find((track) => track.kind === kind)?.label ?? "";
  const devices = { camera: label("video"), microphone: label("audio") };
  return write({ made: new Date(), browser, devices, words, network });
}

function checkBrowser() {
  const values = { name: browser.browserName || word("browser-unknown"), version: browser.version };
  item("browser").querySelector("[data-figures]").textContent = word("browser-figures", {
    ...values,
    system: browser.systemName || word("browser-unknown"),
  });
  if (browser.isFit) note("browser", "good", "browser-good");
  else note("browser", "bad", "browser-bad");
}

/** A computer without any output keeps its sound suspended, and then the level of the microphone stands still too. */
function checkOutput() {
  const timer = setTimeout(() => sound.state !== "running" && note("speaker", "bad", "speaker-none"), OUTPUT_MS);
  stops.push(() => clearTimeout(timer));
}

async function checkCamera() {
  const [track] = stream.getVideoTracks();
  if (!track) {
    note("camera", "fair", "camera-none");
    return;
  }
  const video = part("picture");
  video.srcObject = stream;
  await video.play().catch(() => {});
  const tell = (result, figures) => {
    item("camera").querySelector("[data-figures]").textContent = word("camera-figures", figures);
    if (names.camera !== `camera-${result}`) note("camera", result === "good" ? "good" : "fair", `camera-${result}`);
  };
  stops.push(watchCamera(track, video, tell));
}

function checkMicrophone() {
  const bars = part("level").querySelectorAll("rect");
  const paint = (level) => {
    bars.forEach((bar, step) => bar.classList.toggle("on", step < level));
    part("level").setAttribute("aria-label", word("level", { level }));
  };
  const tell = (result) => note("microphone", result === "good" ? "good" : "bad", `microphone-${result}`);
  stops.push(watchMicrophone(sound, stream, paint, tell));
}

async function checkNetwork() {
  measurement?.stop();
  found.network = "open";
  network = null;
  line = "";
  const bar = part("progress");
  bar.value = 0;
  for (const each of [part("network-again"), part("network-way"), part("network-advice")]) each.hidden = true;
  for (const each of [bar, part("measured")]) each.hidden = false;
  note("network", "open", "network-running");
  const mine = new Measurement(root.dataset.probeUrl, sound, (way, seconds) => {
    bar.value = seconds ?? bar.value;
    part("measured").textContent =
      seconds === null ? word(`network-trying-${way}`) : word("network-measuring", { seconds, all: SECONDS });
  });
  measurement = mine;
  const result = await mine.done;
  if (measurement !== mine || result.state === "stopped") return;
  bar.hidden = true;
  part("network-again").hidden = false;
  sayNetwork(result);
}

/** Puts the measured line into words; a measurement that could not be made says nothing about the line. */
function sayNetwork(result) {
  network = result;
  const { state } = result;
  const advice = part("network-advice");
  part("measured").textContent = state === "measured" ? figures(result) : "";
  part("measured").hidden = state !== "measured";
  part("network-way").textContent = state === "measured" ? word(`network-way-${result.way}`, result) : "";
  part("network-way").hidden = state !== "measured";
  const isAnswer = state !== "busy" && state !== "too_often";
  line = isAnswer ? judgeLine(result) : "";
  const name = state === "measured" ? `network-${line}` : `network-${state}`;
  advice.textContent = word(`${name}-advice`, result);
  advice.hidden = advice.textContent === "";
  note("network", isAnswer ? LINES[line] : "open", name);
}

function figures({ upBps, downBps, upLoss, downLoss, rtt }) {
  const number = (value, digits) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
  return word("network-figures", {
    down: number(downBps / 1e6, 1),
    up: number(upBps / 1e6, 1),
    loss: number(Math.max(upLoss, downLoss) * 100, 1),
    rtt: rtt === null ? "?" : number(rtt * 1000, 0),
  });
}

async function begin() {
  for (const stop of stops) stop();
  for (const track of stream?.getTracks() ?? []) track.stop();
  stops = [];
  isNoted = false;
  found = { browser: "open", camera: "open", microphone: "open", speaker: "open", network: "open" };
  names = {};
  sound ??= new AudioContext();
  sound.resume();
  try {
    stream = await capture();
  } catch (error) {
    const cause = trouble(error);
    for (const text of root.querySelectorAll("[data-trouble]")) text.hidden = text.dataset.trouble !== cause;
    part("guide").hidden = cause !== "denied";
    guide(part("guide"), browser);
    conclude("bad", "verdict-bad", "more-bad-blocked");
    show("blocked");
    return;
  }
  checkBrowser();
  checkOutput();
  checkNetwork();
  await checkCamera();
  checkMicrophone();
}

async function copy() {
  part("report").closest("details").open = true;
  part("report").select();
  try {
    await navigator.clipboard.writeText(part("report").value);
    part("copied").textContent = word("copied");
  } catch {
    part("copied").textContent = word("copy-yourself");
  }
}

for (const button of root.querySelectorAll("[data-begin]")) button.addEventListener("click", begin);
root.querySelector("[data-play]").addEventListener("click", () => {
  play(sound);
  root.querySelector("[data-asked]").hidden = false;
});
for (const button of root.querySelectorAll("[data-heard]")) {
  button.addEventListener("click", () => {
    const heard = button.dataset.heard === "yes";
    root.querySelector("[data-advice]").hidden = heard;
    note("speaker", heard ? "good" : "bad", heard ? "speaker-good" : "speaker-bad");
  });
}
part("network-again").querySelector("button").addEventListener("click", checkNetwork);
part("copy").addEventListener("click", copy);
part("download").addEventListener("click", () => {
  download(part("report").value, `parloir-${new Date().toISOString().slice(0, 10)}.txt`);
});
past(part("past"), document.getElementById("t-past"));
