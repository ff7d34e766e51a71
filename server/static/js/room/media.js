/** This browser's own camera and microphone. */

const WISHES = {
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

/** The words of the page for what went wrong: denied, missing, busy or unsupported. */
export function trouble(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "unsupported";
}

/** Camera and microphone; when there is no camera, the microphone alone. Throws what the browser says. */
export async function capture() {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotSupportedError");
  try {
    return await navigator.mediaDevices.getUserMedia(WISHES);
  } catch (error) {
    if (trouble(error) === "denied") throw error;
    return navigator.mediaDevices.getUserMedia({ audio: WISHES.audio });
  }
}

export class OwnMedia {
  stream = new MediaStream();
  #open = { audio: true, video: true };
  #held = false;
  #listeners = [];
  #stopped = true;

  /** Opens the devices, keeping what the person had closed; rejects with the browser's error. */
  async start() {
    this.#stopped = false;
    const fresh = await capture();
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
    for (const track of fresh.getTracks()) {
      track.enabled = this.#open[track.kind] && !this.#held;
      track.addEventListener("ended", () => this.#gone());
      this.stream.addTrack(track);
    }
    this.#tell();
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

  /** True when this kind has a live track that the person left open, and that is not held. */
  sends(kind) {
    return !this.#held && this.#open[kind] && this.stream.getTracks().some((t) => t.kind === kind && t.readyState === "live");
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
