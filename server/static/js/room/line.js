/** The line to the server: one WebSocket that comes back by itself, with a heartbeat of its own. */

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 3000;
const BEAT_MS = 3000;
const SILENCE_MS = 8000;
const LAST_WORDS = new Set(["replaced", "removed", "ended", "early"]);

export class Line {
  #url;
  #socket = null;
  #listeners = new Map();
  #wait = FIRST_WAIT_MS;
  #retry = 0;
  #heard = 0;
  #over = true;

  /** `device` names this browser, so that it takes no seat back by itself that was opened elsewhere since. */
  constructor(url, device) {
    this.#url = new URL(url, location.href);
    this.#url.searchParams.set("device", device);
    this.#url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    setInterval(() => this.#beat(), BEAT_MS);
  }

  /** Calls `listener(message)` for every message of this type; "up" and "lost" are the line's own. */
  on(type, listener) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    return this;
  }

  /** `back` when nobody asked for it: the page was loaded again. */
  open({ back = false } = {}) {
    this.#over = false;
    this.#comesBack(back);
    this.#wait = FIRST_WAIT_MS;
    this.#connect();
  }

  /** Leaves for good: no reconnecting until `open` is called again. */
  close() {
    this.#over = true;
    clearTimeout(this.#retry);
    this.#drop(this.#socket);
  }

  /** Drops this socket and takes a fresh one at once: the way out of a media path that is stuck. */
  renew() {
    if (!this.#over) this.#lose(this.#socket);
  }

  /** True when the message went out; what cannot go out is worth nothing later. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #comesBack(back) {
    if (back) this.#url.searchParams.set("back", "");
    else this.#url.searchParams.delete("back");
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#drop(this.#socket);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heard = performance.now();
    socket.addEventListener("open", () => this.#tell({ type: "up" }));
    socket.addEventListener("message", (event) => this.#take(socket, event.data));
    socket.addEventListener("close", () => this.#lose(socket));
  }

  #drop(socket) {
    if (this.#socket === socket) this.#socket = null;
    if (socket && socket.readyState <= WebSocket.OPEN) socket.close(1000);
  }

  #lose(socket) {
    if (socket !== this.#socket || this.#over) return;
    this.#drop(socket);
    this.#tell({ type: "lost" });
    this.#retry = setTimeout(() => this.#connect(), this.#wait * (0.8 + 0.4 * Math.random()));
    this.#wait = Math.min(LONGEST_WAIT_MS, this.#wait * 2);
  }

  #take(socket, data) {
    if (socket !== this.#socket) return;
    this.#heard = performance.now();
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      this.#wait = FIRST_WAIT_MS;
      this.#comesBack(true);
    }
    if (LAST_WORDS.has(message.type)) this.close();
    this.#tell(message);
  }

  #tell(message) {
    for (const listener of this.#listeners.get(message.type) ?? []) listener(message);
  }

  #beat() {
    if (this.#over || !this.#socket) return;
    if (performance.now() - this.#heard > SILENCE_MS) this.#lose(this.#socket);
    else this.send({ type: "ping" });
  }

  #hurry() {
    if (this.#over || this.#socket) return;
    this.#wait = FIRST_WAIT_MS;
    this.#connect();
  }
}
