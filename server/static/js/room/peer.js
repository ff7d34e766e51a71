/** The media connection: one RTCPeerConnection that sends one picture and voice and receives into seats. */

const PATIENCE_MS = 2000;
const FRESH_START_MS = 8000;

/** Opus for sound, VP8 with its retransmission for the picture; a browser that cannot choose offers all. */
function prefer(transceiver, kind) {
  const wanted = kind === "audio" ? /\/opus$/i : /\/(vp8|rtx)$/i;
  const codecs = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const chosen = codecs.filter((codec) => wanted.test(codec.mimeType));
  if (chosen.length) transceiver.setCodecPreferences?.(chosen);
}

export class Peer {
  #line;
  #stream;
  #seats;
  #pc = null;
  #asking = false;
  #again = false;
  #timer = 0;
  #senders = {};
  #pairs = [];
  #rests = false;
  #lent = false;
  #turn = [];

  /** `seats` offers `count` and `fill(pc_transceivers)`; see seats.js. */
  constructor(line, stream, seats) {
    this.#line = line;
    this.#stream = stream;
    this.#seats = seats;
    line.on("turn", ({ servers }) => {
      this.#turn = servers;
    });
    line.on("welcome", () => this.start());
    line.on("answer", ({ sdp }) => this.#answer(sdp));
    line.on("lost", () => this.close());
    line.on("line_lost", () => this.close());
  }

  /** "connected", "connecting" …, or "closed" when there is no connection. */
  get state() {
    return this.#pc?.connectionState ?? "closed";
  }

  /** The browser's own figures, an empty map when there is no connection. */
  async figures() {
    return this.#pc ? this.#pc.getStats() : new Map();
  }

  async start() {
    this.close();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: this.#turn });
    this.#pc = pc;
    for (const kind of ["audio", "video"]) {
      const track = this.#stream.getTracks().find((each) => each.kind === kind);
      const how = { direction: "sendonly", streams: [this.#stream] };
      const transceiver = pc.addTransceiver(this.#sends(kind) && track ? track : kind, how);
      prefer(transceiver, kind);
      this.#senders[kind] = transceiver.sender;
    }
    this.#pairs = [];
    this.#addSeats(pc);
    pc.addEventListener("connectionstatechange", () => this.#watch(pc));
    this.#timer = setTimeout(() => this.#giveUp(pc), FRESH_START_MS);
    await this.#offer(pc);
  }

  /** Sends what the stream holds now, after one of its tracks was replaced by another. */
  async renewTracks() {
    if (!this.#pc) return;
    for (const [kind, sender] of Object.entries(this.#senders)) {
      const track = this.#stream.getTracks().find((each) => each.kind === kind) ?? null;
      await sender.replaceTrack(this.#sends(kind) ? track : null);
    }
  }

  /** Sends the sound alone while `rests`. */
  rest(rests) {
    this.#rests = rests;
    return this.renewTracks();
  }

  /** Sends no picture while `work` has the camera for itself. */
  async lendCamera(work) {
    this.#lent = true;
    await this.renewTracks();
    try {
      return await work();
    } finally {
      this.#lent = false;
      await this.renewTracks();
    }
  }

  #sends(kind) {
    return kind === "audio" || !(this.#rests || this.#lent);
  }

  close() {
    clearTimeout(this.#timer);
    this.#asking = false;
    this.#again = false;
    this.#pc?.close();
    this.#pc = null;
  }

  /** Asks for the seats that are missing since more people came. */
  async grow() {
    const pc = this.#pc;
    if (!pc || this.#pairs.length >= this.#seats.count) return;
    this.#addSeats(pc);
    await this.#offer(pc);
  }

  #addSeats(pc) {
    while (this.#pairs.length < this.#seats.count) {
      const pair = ["audio", "video"].map((kind) => {
        const transceiver = pc.addTransceiver(kind, { direction: "recvonly" });
        prefer(transceiver, kind);
        return transceiver;
      });
      this.#pairs.push(pair);
    }
    this.#seats.fill(this.#pairs);
  }

  async #offer(pc) {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    await pc.setLocalDescription();
    if (pc === this.#pc) this.#line.send({ type: "offer", sdp: pc.localDescription.sdp });
  }

  async #answer(sdp) {
    const pc = this.#pc;
    if (pc?.signalingState !== "have-local-offer") return;
    await pc.setRemoteDescription({ type: "answer", sdp });
    if (pc !== this.#pc) return;
    this.#asking = false;
    if (this.#again) {
      this.#again = false;
      await this.#offer(pc);
    }
  }

  #watch(pc) {
    if (pc !== this.#pc) return;
    clearTimeout(this.#timer);
    if (pc.connectionState === "failed") this.#restart(pc);
    if (pc.connectionState === "disconnected") {
      this.#timer = setTimeout(() => this.#restart(pc), PATIENCE_MS);
    }
    if (pc.connectionState === "connecting") {
      this.#timer = setTimeout(() => this.#giveUp(pc), FRESH_START_MS);
    }
  }

  #restart(pc) {
    if (pc !== this.#pc || pc.connectionState === "connected") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(pc), FRESH_START_MS);
    pc.restartIce();
    this.#offer(pc);
  }

  #giveUp(pc) {
    if (pc === this.#pc && pc.connectionState !== "connected") this.#line.renew();
  }
}
