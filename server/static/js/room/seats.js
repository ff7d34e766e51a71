/** Seats: the receiving places of the connection, and the tiles of the people who sit in them. */

import { called, word } from "./words.js";

const WITHOUT_PICTURE = new Set(["centre_host", "observer"]);

const MOST = 6;

/** True for those who attend and send nothing: they stand in the roll, not on a tile. */
export function onlyAttends({ role }) {
  return WITHOUT_PICTURE.has(role);
}

export class Seats {
  #places = [];
  #people = [];
  #tiles = new Map();
  #focus;
  #met;
  #seated = new Set(); // who has sat somewhere since this connection began: without a seat, their line is cut
  #self;
  #consultation;
  #chosen = null;
  #speaker = null;
  #shown = null;
  #sound = false;
  #sink = "";

  /**
   * @param {number} count receiving places to ask for
   * @param {{main: HTMLElement, crew: HTMLElement, roll: HTMLElement, tile: HTMLTemplateElement}} parts of the page
   * @param {{self: string, focus: string, met: string[]}} who this browser is, the role that gets the large picture,
   *   and the participants who were here before
   * @param {Consultation} consultation keeps people apart
   */
  constructor(count, parts, { self, focus, met }, consultation) {
    this.count = count;
    this.parts = parts;
    this.#self = self;
    this.#consultation = consultation;
    consultation.onChange(() => {
      this.#seated.clear();
      this.draw();
    });
    this.#focus = focus;
    this.#met = new Set(met);
    this.#places = Array.from({ length: count }, () => ({ stream: new MediaStream(), who: null }));
    parts.main.querySelector("[data-usual]").addEventListener("click", () => this.#choose(null));
  }

  /** Takes the receiving tracks of a new connection; who sits where is told again by the server. */
  fill(pairs) {
    pairs.forEach((pair, seat) => {
      const place = (this.#places[seat] ??= { who: null });
      const known = place.stream?.getAudioTracks()[0] === pair[0].receiver.track;
      if (known) return;
      place.who = null;
      place.stream = new MediaStream(pair.map((transceiver) => transceiver.receiver.track));
    });
    this.draw();
  }

  /** The server put `participant` (or nobody) into `seat`. */
  assign(seat, participant) {
    const place = this.#places[seat];
    if (!place) return;
    for (const other of this.#places) if (participant && other.who === participant) other.who = null;
    place.who = participant;
    if (participant) this.#seated.add(participant);
    this.draw();
  }

  /** The list of people in the interview: [{participant, role, present, admitted, audio, video, line}]. */
  list(people) {
    this.#people = people;
    for (const one of people) if (one.present) this.#met.add(one.participant);
    const needed = people.filter((one) => one.participant !== this.#self && one.admitted && !onlyAttends(one)).length;
    if (needed > this.count && this.count < MOST) {
      this.count = Math.min(MOST, needed);
      this.onMore();
    }
    this.draw();
  }

  /** Called when there are more people than seats. */
  onMore = () => {};

  empty() {
    for (const place of this.#places) place.who = null;
    this.#seated.clear();
    this.draw();
  }

  /** Lets whoever speaks be the large picture; null: the usual one. */
  follow(speaker) {
    if (speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.draw();
  }

  /** Whether the sound comes alone: no picture moves, and the tiles say so. */
  sound(alone) {
    this.#sound = alone;
    this.draw();
  }

  /** Who sends the sound of this track; null when nobody does. */
  whoSends(trackId) {
    return this.#places.find(({ stream }) => stream.getAudioTracks().some(({ id }) => id === trackId))?.who ?? null;
  }

  /** The participant whose picture is large, or null. */
  get shown() {
    return this.#shown;
  }

  /** The element that shows the large picture; its videoWidth and videoHeight are those of the track. */
  get picture() {
    return this.parts.main.querySelector("video");
  }

  /** Lets all sound come out of this device, now and in tiles to come. */
  speakThrough(sinkId) {
    this.#sink = sinkId;
    return Promise.all(this.#videos().map((video) => video.setSinkId(sinkId)));
  }

  /** Plays whatever waits for a click; resolves to false while the browser still refuses. */
  async listen() {
    const plays = this.#videos().map((video) => {
      video.muted = false;
      return video.srcObject ? video.play() : null;
    });
    const results = await Promise.allSettled(plays);
    return !results.some(({ reason }) => reason?.name === "NotAllowedError");
  }

  /** Called when the browser wants a click before it gives sound. */
  onBlocked = () => {};

  draw() {
    const here = this.#people.filter((one) => one.participant !== this.#self && one.admitted && one.present);
    const others = here.filter((one) => !this.#consultation.isApart(one.participant) && !onlyAttends(one));
    const main = this.#large(others);
    this.#shown = main?.participant ?? null;
    this.#show(this.parts.main, main);
    this.parts.main.querySelector("[data-usual]").hidden = !others.some((one) => one.participant === this.#chosen);
    const crew = others.filter((one) => one !== main);
    for (const [id, tile] of this.#tiles) {
      if (!crew.some((one) => one.participant === id)) this.#forget(id, tile);
    }
    for (const one of crew) {
      const tile = this.#tileOf(one);
      this.#show(tile, one);
      tile.querySelector("[data-who]").textContent = ` (${called(one)})`;
    }
    this.parts.crew.dataset.count = crew.length + 1;
  }

  /** Whose picture is large: the chosen one, else who speaks, else the usual one. */
  #large(others) {
    const named = (id) => others.find((one) => id !== null && one.participant === id);
    const usual = others.find((one) => one.role === this.#focus) ?? (this.#consultation.runs && others[0]);
    return named(this.#chosen) ?? named(this.#speaker) ?? (usual || null);
  }

  #choose(participant) {
    this.#chosen = participant;
    this.draw();
    (this.parts.main.querySelector("[data-usual]:not([hidden])") ?? this.parts.crew.querySelector("[data-large]"))?.focus();
  }

  #videos() {
    return [this.picture, ...this.parts.crew.querySelectorAll("video[data-remote]")];
  }

  #tileOf(one) {
    let tile = this.#tiles.get(one.participant);
    if (!tile) {
      tile = this.parts.tile.content.firstElementChild.cloneNode(true);
      tile.querySelector("[data-large]").addEventListener("click", () => this.#choose(one.participant));
      if (this.#sink) tile.querySelector("video").setSinkId(this.#sink);
      this.#tiles.set(one.participant, tile);
      this.parts.roll.before(tile);
    }
    return tile;
  }

  #forget(id, tile) {
    tile.querySelector("video").srcObject = null;
    tile.remove();
    this.#tiles.delete(id);
  }

  #show(tile, one) {
    const place = one && this.#places.find((each) => each.who === one.participant);
    const video = tile.querySelector("video");
    const seen = Boolean(place) && one.video !== false && !this.#sound;
    const stream = place?.stream ?? null;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (stream && video.paused) this.#play(video);
    video.hidden = !seen;
    tile.querySelector("[data-blank]").hidden = seen;
    tile.querySelector("[data-why]").textContent = word(this.#why(one, place));
    tile.querySelector("[data-name]").textContent = one ? called(one) : word(`role-${this.#focus}`);
    const silent = tile.querySelector("[data-silent]");
    silent.hidden = !one || one.audio !== false;
    this.#line(tile.querySelector("[data-line]"), place ? one.line : null);
    video.setAttribute("aria-label", word("picture-of", { who: one ? called(one) : "" }));
  }

  /** How good the person's own line is, in bars and a word; nothing while it is not known. */
  #line(holder, bars) {
    const known = bars !== null && bars !== undefined;
    holder.hidden = !known;
    if (!known) return;
    holder.querySelector("[data-line-word]").textContent = word(`line-of-${bars}`);
    holder.querySelectorAll(".p-bars rect").forEach((bar, place) => bar.classList.toggle("on", place < bars));
  }

  #why(one, place) {
    if (!one) {
      const away = this.#people.find((each) => each.role === this.#focus && !each.present);
      return away && this.#met.has(away.participant) ? "why-gone" : "why-absent";
    }
    if (!place) return this.#seated.has(one.participant) ? "why-cut" : "why-connecting";
    if (this.#sound) return "why-own-line";
    return one.line === 1 ? "why-their-line" : "why-camera-off";
  }

  async #play(video) {
    try {
      await video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || video.muted) return;
      video.muted = true; // the picture at once, the sound after a click
      this.onBlocked();
      this.#play(video);
    }
  }
}
