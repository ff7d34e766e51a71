/** Seats: the receiving places of the connection, and the tiles of the people who sit in them. */

import { word } from "./words.js";

export class Seats {
  #places = [];
  #people = [];
  #tiles = new Map();
  #focus;
  #met;
  #self;
  #consultation;

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
    consultation.onChange(() => this.#draw());
    this.#focus = focus;
    this.#met = new Set(met);
    this.#places = Array.from({ length: count }, () => ({ stream: new MediaStream(), who: null }));
  }

  /** Takes the receiving tracks of a new connection; who sits where is told again by the server. */
  fill(pairs) {
    pairs.forEach((pair, seat) => {
      const place = this.#places[seat];
      place.who = null;
      place.stream = new MediaStream(pair.map((transceiver) => transceiver.receiver.track));
    });
    this.#draw();
  }

  /** The server put `participant` (or nobody) into `seat`. */
  assign(seat, participant) {
    const place = this.#places[seat];
    if (!place) return;
    for (const other of this.#places) if (participant && other.who === participant) other.who = null;
    place.who = participant;
    this.#draw();
  }

  /** The list of people in the interview: [{participant, role, present, admitted, audio, video}]. */
  list(people) {
    this.#people = people;
    for (const one of people) if (one.present) this.#met.add(one.participant);
    this.#draw();
  }

  empty() {
    for (const place of this.#places) place.who = null;
    this.#draw();
  }

  /** The element that shows the large picture; its videoWidth and videoHeight are those of the track. */
  get picture() {
    return this.parts.main.querySelector("video");
  }

  /** Plays whatever waits for a click; resolves to false while the browser still refuses. */
  async listen() {
    const videos = [this.picture, ...this.parts.crew.querySelectorAll("video[data-remote]")];
    const plays = videos.map((video) => {
      video.muted = false;
      return video.srcObject ? video.play() : null;
    });
    const results = await Promise.allSettled(plays);
    return !results.some(({ reason }) => reason?.name === "NotAllowedError");
  }

  /** Called when the browser wants a click before it gives sound. */
  onBlocked = () => {};

  #draw() {
    const here = this.#people.filter((one) => one.participant !== this.#self && one.admitted && one.present);
    const shown = here.filter((one) => one.role !== "observer"); // who is never seen stands in the roll
    const others = shown.filter((one) => !this.#consultation.isApart(one.participant));
    const main = others.find((one) => one.role === this.#focus) ?? (this.#consultation.runs && others[0]) ?? null;
    this.#show(this.parts.main, main);
    const crew = others.filter((one) => one !== main);
    for (const [id, tile] of this.#tiles) {
      if (!crew.some((one) => one.participant === id)) this.#forget(id, tile);
    }
    for (const one of crew) this.#show(this.#tileOf(one), one);
  }

  #tileOf(one) {
    let tile = this.#tiles.get(one.participant);
    if (!tile) {
      tile = this.parts.tile.content.firstElementChild.cloneNode(true);
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
    const seen = Boolean(place) && one.video !== false;
    const stream = place?.stream ?? null;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (stream && video.paused) this.#play(video);
    video.hidden = !seen;
    tile.querySelector("[data-blank]").hidden = seen;
    tile.querySelector("[data-why]").textContent = word(this.#why(one, place));
    tile.querySelector("[data-name]").textContent = word(`role-${one?.role ?? this.#focus}`);
    const silent = tile.querySelector("[data-silent]");
    silent.hidden = !one || one.audio !== false;
    video.setAttribute("aria-label", word("picture-of", { who: one ? word(`role-${one.role}`) : "" }));
  }

  #why(one, place) {
    if (!one) {
      const away = this.#people.find((each) => each.role === this.#focus && !each.present);
      return away && this.#met.has(away.participant) ? "why-gone" : "why-absent";
    }
    return place ? "why-camera-off" : "why-connecting";
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
