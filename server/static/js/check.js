/** The check of a device: camera, microphone with its level, speaker and a question, then a verdict in words. */

import { capture, trouble } from "./room/media.js";
import { word } from "./room/words.js";

const root = document.getElementById("check");
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const STEPS = 20;
const LOUD_ENOUGH = 8; // of 20 steps, reached for HEARD_TICKS ticks
const HEARD_TICKS = 5;
const TICK_MS = 100;
const QUIET_DB = -60; // the foot of the level, 0 dB is its top
const SMALLEST_WIDTH = 640;
const BLACK = 16; // mean brightness of 255
const TONE = { hertz: [523, 659, 784], seconds: 0.35, gain: 0.2 };
const found = { camera: "open", microphone: "open", speaker: "open" };
let sound = null;
let stream = null;
let ticks = 0;
let timers = [];

function show(state) {
  root.dataset.state = state;
  for (const each of document.querySelectorAll("[data-when]")) {
    each.hidden = !each.dataset.when.split(" ").includes(state);
  }
}

function icon(holder, mark) {
  const fresh = document.getElementById(`t-mark-${mark}`).content.firstElementChild.cloneNode(true);
  holder.querySelector(":scope > .p-i").replaceWith(fresh);
}

/** Notes what a check found ("good", "fair", "bad" or "open") under the sentence called `name`. */
function note(check, result, name) {
  found[check] = result;
  const item = root.querySelector(`[data-check="${check}"]`);
  icon(item, result);
  item.querySelector("[data-word]").textContent = word(name);
  judge();
}

function judge() {
  const { camera, microphone, speaker } = found;
  let name = "running";
  if (speaker === "bad") name = "bad";
  else if (speaker === "good" && microphone === "good" && camera !== "open") {
    name = camera === "good" ? "good" : "fair";
  }
  part("answer").textContent = word(`verdict-${name}`);
  part("more").textContent = word(`more-${name}`);
  icon(part("verdict"), { running: "open" }[name] ?? name);
  part("verdict").classList.toggle("p-verdict--done", name === "good");
  part("verdict").classList.toggle("p-verdict--fault", name === "bad");
  show(name === "good" || name === "fair" ? "done" : "running");
}

/** Mean brightness of the picture, 0 to 255. */
function brightness(video) {
  const canvas = document.createElement("canvas");
  canvas.width = 16;
  canvas.height = 9;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 16, 9);
  const { data } = pen.getImageData(0, 0, 16, 9);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += (data[at] + data[at + 1] + data[at + 2]) / 3;
  return sum / (data.length / 4);
}

function look(track, video) {
  if (!video.videoWidth) return;
  const { videoWidth: width, videoHeight: height } = video;
  const rate = Math.round(track.getSettings().frameRate ?? 0);
  const figures = { name: track.label, width, height, rate };
  root.querySelector('[data-check="camera"] [data-figures]').textContent = word("camera-figures", figures);
  if (brightness(video) < BLACK) note("camera", "fair", "camera-dark");
  else if (width < SMALLEST_WIDTH) note("camera", "fair", "camera-small");
  else note("camera", "good", "camera-good");
}

async function camera() {
  const [track] = stream.getVideoTracks();
  if (!track) {
    note("camera", "fair", "camera-none");
    return;
  }
  const video = part("picture");
  video.srcObject = stream;
  await video.play().catch(() => {});
  timers.push(setInterval(() => look(track, video), 1000));
}

function microphone() {
  const analyser = sound.createAnalyser();
  analyser.fftSize = 2048;
  sound.createMediaStreamSource(stream).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const bars = part("level").querySelectorAll("rect");
  timers.push(
    setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
      const decibels = 10 * Math.log10(power + 1e-12);
      const level = Math.max(0, Math.min(STEPS, Math.round(STEPS * (1 - decibels / QUIET_DB))));
      bars.forEach((bar, step) => bar.classList.toggle("on", step < level));
      part("level").setAttribute("aria-label", word("level", { level }));
      if (level >= LOUD_ENOUGH) ticks += 1;
      if (ticks === HEARD_TICKS && found.microphone !== "good") note("microphone", "good", "microphone-good");
    }, TICK_MS),
  );
  setTimeout(() => found.microphone === "open" && note("microphone", "bad", "microphone-weak"), 15_000);
}

/** Three short tones, one after the other. */
function play() {
  const begin = sound.currentTime + 0.05;
  TONE.hertz.forEach((hertz, place) => {
    const tone = new OscillatorNode(sound, { frequency: hertz });
    const volume = new GainNode(sound, { gain: 0 });
    const at = begin + place * TONE.seconds;
    volume.gain.setTargetAtTime(TONE.gain, at, 0.02);
    volume.gain.setTargetAtTime(0, at + TONE.seconds * 0.7, 0.03);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + TONE.seconds);
  });
  root.querySelector("[data-asked]").hidden = false;
}

async function begin() {
  for (const timer of timers) clearInterval(timer);
  timers = [];
  ticks = 0;
  try {
    stream = await capture();
  } catch (error) {
    const cause = trouble(error);
    for (const text of root.querySelectorAll("[data-trouble]")) text.hidden = text.dataset.trouble !== cause;
    show("blocked");
    return;
  }
  sound ??= new AudioContext();
  sound.resume();
  judge();
  await camera();
  microphone();
}

for (const button of root.querySelectorAll("[data-begin]")) button.addEventListener("click", begin);
root.querySelector("[data-play]").addEventListener("click", play);
for (const button of root.querySelectorAll("[data-heard]")) {
  button.addEventListener("click", () => {
    const heard = button.dataset.heard === "yes";
    root.querySelector("[data-advice]").hidden = heard;
    note("speaker", heard ? "good" : "bad", heard ? "speaker-good" : "speaker-bad");
  });
}
