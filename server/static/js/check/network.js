/** The ways to the media node, tried, and one measured: ten seconds of noise sent there, which come back as they arrived. */

export const SECONDS = 10;
const WAYS = ["udp", "tcp", "turn"]; // the quicker one first
const LINE_MS = 8000;
const CONNECT_MS = 5000;
const ANSWER_MS = 4000;
const SAMPLE_MS = 1000;
const PICTURE = { width: 320, height: 180, rate: 20, mostBps: 1_500_000 };
const NOISES = 16;
const RAMP_SECONDS = 4; // a browser asks little of a line that it does not know yet
const VOICE_HERTZ = 220;

/** A picture that no encoder can make small, so that the line has to carry what is asked of it. */
class Noise {
  #canvas = Object.assign(document.createElement("canvas"), { width: PICTURE.width, height: PICTURE.height });
  #pen = this.#canvas.getContext("2d");
  #stills = Array.from({ length: NOISES }, () => this.#still());
  #count = 0;
  #timer = setInterval(() => this.#paint(), 1000 / PICTURE.rate);
  track = this.#canvas.captureStream(PICTURE.rate).getVideoTracks()[0];

  stop() {
    clearInterval(this.#timer);
    this.track.stop();
  }

  #still() {
    const still = new ImageData(PICTURE.width, PICTURE.height);
    for (let at = 0; at < still.data.length; at += 65_536) {
      crypto.getRandomValues(still.data.subarray(at, Math.min(at + 65_536, still.data.length)));
    }
    for (let at = 3; at < still.data.length; at += 4) still.data[at] = 255;
    return still;
  }

  #paint() {
    this.#count += 1;
    this.#pen.putImageData(this.#stills[this.#count % NOISES], 0, 0);
  }
}

/** A tone that nobody hears here: the sound of the measurement. */
class Tone {
  #tone;
  track;

  constructor(sound) {
    this.#tone = new OscillatorNode(sound, { frequency: VOICE_HERTZ });
    const out = sound.createMediaStreamDestination();
    this.#tone.connect(out);
    this.#tone.start();
    [this.track] = out.stream.getAudioTracks();
  }

  stop() {
    this.#tone.stop();
    this.track.stop();
  }
}

function prefer(transceiver, kind) {
  const wanted = kind === "audio" ? /\/opus$/i : /\/vp8$/i; // without retransmission: what is lost stays lost
  const codecs = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const chosen = codecs.filter((codec) => wanted.test(codec.mimeType));
  if (chosen.length) transceiver.setCodecPreferences?.(chosen);
}

/** What the browser counted so far, of everything that came back. */
async function look(pc) {
  const report = await pc.getStats();
  const seen = { at: performance.now() / 1000, lost: 0, received: 0, bytes: 0, sent: 0, jitter: 0, rtts: [], pair: null };
  for (const one of report.values()) {
    if (one.type === "inbound-rtp") {
      seen.lost += one.packetsLost ?? 0;
      seen.received += one.packetsReceived ?? 0;
      seen.bytes += one.bytesReceived ?? 0;
      seen.jitter = Math.max(seen.jitter, one.jitter ?? 0);
    }
    if (one.type === "outbound-rtp") seen.sent += one.bytesSent ?? 0;
    if (one.type === "remote-inbound-rtp" && one.roundTripTime > 0) seen.rtts.push(one.roundTripTime);
    if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded") {
      if (one.currentRoundTripTime > 0) seen.rtts.push(one.currentRoundTripTime);
      seen.pair = { local: named(report.get(one.localCandidateId)), remote: named(report.get(one.remoteCandidateId)) };
    }
  }
  return seen;
}

function named(candidate) {
  if (!candidate) return "?";
  const { candidateType, protocol, relayProtocol, address, port } = candidate;
  const kind = relayProtocol ? `relay ${relayProtocol}` : `${candidateType} ${protocol}`; // behind a NAT of its own too
  return `${kind} ${address ?? "?"}:${port ?? "?"}`;
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
}

const ratio = (part, whole) => (whole > 0 ? Math.max(0, part) / whole : 0);

const rate = (from, before, to, after) => (to > from ? ((after - before) * 8) / (to - from) : 0);

/** The share lost on the way back, of what is missing after both ways. */
const onTheWayBack = (both, there) => (there < 1 ? Math.max(0, 1 - (1 - both) / (1 - there)) : 0);

/** An answer that names this way to the node only; a relay goes on by UDP. */
function only(way, sdp) {
  const wanted = way === "turn" ? "udp" : way;
  const candidates = /^a=candidate:\S+ \d+ (\S+) .*\r?\n/gim;
  return sdp.replace(candidates, (line, transport) => (transport.toLowerCase() === wanted ? line : ""));
}

/** One way, tried; `done` resolves to what was found, whatever happens. */
class Attempt {
  #socket;
  #pc = null;
  #sources = [];
  #timers = [];
  #found = { state: "server", isOpen: false, protocols: [], turn: [], host: "", port: 0 };
  #turn = [];
  #begun = 0;
  #samples = [];
  #elapsed = 0;
  #finish;
  done = new Promise((resolve) => {
    this.#finish = resolve;
  });

  /** `isBrief`: whether it is enough that the way is open. */
  constructor(way, isBrief, url, sound, tell) {
    this.way = way;
    this.isBrief = isBrief;
    this.sound = sound;
    this.tell = tell;
    const address = new URL(url, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(address);
    this.#socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    this.#socket.addEventListener("close", () => this.#end());
    this.#after(LINE_MS, () => this.#end());
  }

  /** Ends it without a result. */
  stop() {
    this.#found.state = "stopped";
    this.#end();
  }

  #after(ms, act) {
    this.#timers.push(setTimeout(act, ms));
  }

  #take(message) {
    if (message.type === "turn") this.#turn = message.servers;
    if (message.type === "probing") this.#offer(message);
    if (message.type === "answer") this.#pc?.setRemoteDescription({ type: "answer", sdp: only(this.way, message.sdp) });
    if (message.type === "line_lost") this.#end();
    if (message.type === "probed") this.#conclude(message);
  }

  async #offer({ host, port, protocols }) {
    const turn = this.#turn.flatMap(({ urls }) => urls);
    Object.assign(this.#found, { host, port, protocols, turn, state: "blocked" });
    this.#rest();
    this.#after(CONNECT_MS, () => this.#end());
    this.#sources = [new Tone(this.sound), new Noise()];
    const relayed = this.way === "turn" ? { iceServers: this.#turn, iceTransportPolicy: "relay" } : {};
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", ...relayed });
    this.#pc = pc;
    for (const { track } of this.#sources) {
      const options = { direction: "sendonly", sendEncodings: track.kind === "video" ? [{ maxBitrate: PICTURE.mostBps }] : [{}] };
      prefer(pc.addTransceiver(track, options), track.kind);
    }
    for (const kind of ["audio", "video"]) prefer(pc.addTransceiver(kind, { direction: "recvonly" }), kind);
    pc.addEventListener("connectionstatechange", () => this.#watch(pc));
    await pc.setLocalDescription();
    this.#say({ type: "offer", sdp: pc.localDescription.sdp });
  }

  #watch(pc) {
    if (pc.connectionState === "failed") this.#end();
    if (pc.connectionState !== "connected" || this.#begun) return;
    this.#rest();
    this.#found.state = "broken"; // until it has lasted
    this.#found.isOpen = true;
    this.#begun = performance.now();
    if (this.isBrief) {
      this.#end();
      return;
    }
    this.#timers.push(setInterval(() => this.#sample(pc), SAMPLE_MS));
    this.#after((SECONDS + 3) * 1000, () => this.#end());
  }

  async #sample(pc) {
    const elapsed = (performance.now() - this.#begun) / 1000;
    const seen = await look(pc);
    if (this.#elapsed) return;
    this.#samples.push(seen);
    this.tell(this.way, Math.min(SECONDS, Math.round(elapsed)));
    if (elapsed < SECONDS - 0.05) return;
    this.#elapsed = elapsed;
    this.#rest();
    this.#after(ANSWER_MS, () => this.#end());
    this.#say({ type: "leave" });
  }

  #conclude({ reason, expected, received }) {
    if (reason === "busy" || reason === "too_often") this.#found.state = reason;
    const last = this.#samples.at(-1);
    const first = this.#samples[RAMP_SECONDS - 1];
    const upLoss = ratio(expected - received, expected);
    if (reason === "left" && first && this.#elapsed) {
      Object.assign(this.#found, {
        state: "measured",
        upLoss,
        downLoss: onTheWayBack(ratio(last.lost, last.lost + last.received), upLoss),
        upBps: rate(first.at, first.sent, last.at, last.sent) * (1 - upLoss),
        downBps: rate(first.at, first.bytes, last.at, last.bytes),
        rtt: middle(this.#samples.flatMap(({ rtts }) => rtts)),
        mostBps: PICTURE.mostBps,
        jitter: Math.max(...this.#samples.map(({ jitter }) => jitter)),
        pair: last.pair,
        seconds: this.#elapsed,
      });
    }
    this.#end();
  }

  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #rest() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #end() {
    this.#rest();
    for (const source of this.#sources) source.stop();
    this.#sources = [];
    this.#pc?.close();
    this.#pc = null;
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close(1000);
    this.#finish(this.#found);
  }
}

/** Each way tried, the first that carries measured; `done` resolves to what was found. */
export class Measurement {
  #attempt = null;
  #isStopped = false;

  /** `sound` is a running AudioContext; `tell(way, seconds)` hears which way is tried, and how long it was measured. */
  constructor(url, sound, tell) {
    this.done = this.#try(url, sound, tell);
  }

  /** Ends it without a result. */
  stop() {
    this.#isStopped = true;
    this.#attempt?.stop();
  }

  /** What was found of the way that was measured, named `way`, and in `open` of each way that was tried. */
  async #try(url, sound, tell) {
    let found = null;
    const open = {};
    for (const way of WAYS) {
      if (way === "turn" && !found.turn.length) break;
      tell(way, null);
      this.#attempt = new Attempt(way, found?.state === "measured", url, sound, tell);
      const one = await this.#attempt.done;
      if (this.#isStopped) return { ...one, state: "stopped" };
      if (found && ["server", "busy", "too_often"].includes(one.state)) break;
      open[way] = one.isOpen;
      if (!found || (found.state !== "measured" && one.isOpen)) found = { ...one, way };
      if (!["measured", "blocked", "broken"].includes(one.state)) break;
    }
    return { ...found, open };
  }
}

const GOOD = { loss: 0.03, rtt: 0.4, bps: 350_000 };
const SOUND = { loss: 0.12, rtt: 1, bps: 60_000 };

/** What a measured line carries: "good" picture and sound, "sound" alone, or too little: "weak". */
export function judge({ state, upLoss, downLoss, rtt, upBps, downBps }) {
  if (state !== "measured") return "weak";
  const fits = (limits) =>
    Math.max(upLoss, downLoss) <= limits.loss && (rtt ?? 0) <= limits.rtt && Math.min(upBps, downBps) >= limits.bps;
  if (fits(GOOD)) return "good";
  return fits(SOUND) ? "sound" : "weak";
}
