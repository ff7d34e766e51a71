/** This browser's own camera and microphone. */

const WISHES = {
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};
const DOCUMENT = { width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 15, max: 15 } };
const CHOSEN = "parloir-device:";

/** The words of the page for what went wrong: denied, missing, busy or unsupported. */
export function trouble(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "unsupported";
}

/** What to ask the browser for: the device that was chosen here before, while it is there. */
function wish(kind) {
  const chosen = localStorage.getItem(CHOSEN + kind);
  return chosen ? { ...WISHES[kind], deviceId: { ideal: chosen } } : WISHES[kind];
}

/** Camera and microphone; when there is no camera, the microphone alone. Throws what the browser says. */
export async function capture() {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotSupportedError");
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wish("video"), audio: wish("audio") });
  } catch (error) {
    if (trouble(error) === "denied") throw error;
    return navigator.mediaDevices.getUserMedia({ audio: wish("audio") });
  }
}

export class OwnMedia {
  stream = new MediaStream();
  #open = { audio: true, video: true };
  #held = false;
  #rests = false;
  #listeners = [];
  #stopped = true;

  /** Opens the devices, keeping what the person had closed; rejects with the browser's error. */
  async start() {
    this.#stopped = false;
    const fresh = await capture();
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
    for (const track of fresh.getTracks()) this.#take(track);
    this.#tell();
  }

  /** Goes over to another camera or microphone and remembers it; rejects with the browser's error. */
  async choose(kind, deviceId) {
    const fresh = await navigator.mediaDevices.getUserMedia({ [kind]: { ...WISHES[kind], deviceId: { exact: deviceId } } });
    for (const old of this.stream.getTracks().filter((track) => track.kind === kind)) {
      this.stream.removeTrack(old);
      old.stop();
    }
    this.#take(fresh.getTracks()[0]);
    localStorage.setItem(CHOSEN + kind, deviceId);
    this.#tell();
  }

  /** More pixels and fewer frames while a document is shown, or the usual picture. */
  async sharpen(sharp) {
    const track = this.stream.getVideoTracks()[0];
    if (!track) return;
    track.contentHint = sharp ? "detail" : "";
    await track.applyConstraints(sharp ? DOCUMENT : WISHES.video);
  }

  /** The identifier of the device in use; "" when there is none. */
  device(kind) {
    return this.stream.getTracks().find((track) => track.kind === kind)?.getSettings().deviceId ?? "";
  }

  stop() {
    this.#stopped = true;
    for (const track of this.stream.getTracks()) track.stop();
  }

  /** True while nothing is sent, whatever the person has open. */
  get held() {
    return this.#held;
  }

  hold(held) {
    this.#held = held;
    for (const track of this.stream.getTracks()) track.enabled = this.#open[track.kind] && !held;
    this.#tell();
  }

  /** True while the sound goes alone, whatever the camera does. */
  get rests() {
    return this.#rests;
  }

  rest(rests) {
    this.#rests = rests;
    this.#tell();
  }

  /** True when this kind has a live track that the person left open, and that neither is held nor rests. */
  sends(kind) {
    if (this.#held || (kind === "video" && this.#rests)) return false;
    return this.#open[kind] && this.stream.getTracks().some((t) => t.kind === kind && t.readyState === "live");
  }

  /** Opens or closes "audio" or "video". */
  turn(kind, open) {
    this.#open[kind] = open;
    for (const track of this.stream.getTracks()) if (track.kind === kind) track.enabled = open && !this.#held;
    this.#tell();
  }

  /** Calls `listener()` whenever something is opened, closed or lost. */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** Called once a lost device was replaced by another, when the connection has to send that one. */
  onReplaced = () => {};

  #take(track) {
    track.enabled = this.#open[track.kind] && !this.#held;
    track.addEventListener("ended", () => this.#gone());
    this.stream.addTrack(track);
  }

  async #gone() {
    if (this.#stopped) return;
    try {
      await this.start();
      this.onReplaced();
    } catch {
      this.#tell();
    }
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
