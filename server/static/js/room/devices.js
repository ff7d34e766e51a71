/** Other devices in the call: camera, microphone and loudspeaker are chosen while it goes on. */

import { trouble } from "./media.js";
import { word } from "./words.js";

const KINDS = { audioinput: "audio", videoinput: "video", audiooutput: "sound" };
const SOUND = "parloir-device:sound";

export class Devices {
  #panel;
  #media;
  #peer;
  #seats;

  /** `panel` holds select[name=audio|video|sound], each in a part that is hidden where there is no choice. */
  constructor(panel, { media, peer, seats }) {
    this.#panel = panel;
    this.#media = media;
    this.#peer = peer;
    this.#seats = seats;
    for (const select of panel.querySelectorAll("select")) {
      select.addEventListener("change", () => this.#choose(select.name, select.value));
    }
    media.onChange(() => this.list());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.list());
    const sound = localStorage.getItem(SOUND);
    if (sound && this.#speaks) seats.speakThrough(sound).catch(() => localStorage.removeItem(SOUND));
  }

  /** Lists what is plugged in now, with what is in use chosen. */
  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const used = { audio: this.#media.device("audio"), video: this.#media.device("video") };
    used.sound = localStorage.getItem(SOUND) ?? "";
    for (const [kind, name] of Object.entries(KINDS)) {
      const found = all.filter((one) => one.kind === kind && one.deviceId && (name !== "sound" || this.#speaks));
      const select = this.#panel.querySelector(`select[name=${name}]`);
      const options = found.map((one, n) => new Option(one.label || word("device", { number: n + 1 }), one.deviceId));
      select.replaceChildren(...options);
      if (used[name]) select.value = used[name];
      select.parentElement.hidden = !found.length;
    }
  }

  get #speaks() {
    return "setSinkId" in HTMLMediaElement.prototype;
  }

  async #choose(name, deviceId) {
    this.#say("");
    try {
      if (name === "sound") {
        await this.#seats.speakThrough(deviceId);
        localStorage.setItem(SOUND, deviceId);
      } else {
        await this.#media.choose(name, deviceId);
        await this.#peer.renewTracks();
      }
    } catch (error) {
      this.#say(word(trouble(error) === "busy" ? "device-busy" : "device-refused"));
      this.list();
    }
  }

  #say(text) {
    const place = this.#panel.querySelector("[data-error]");
    place.textContent = text;
    place.hidden = !text;
  }
}
