// Talking to the server: one stream of events in, one queue of messages out.

import { tab } from "./dom.js";

export async function api(path, options) {
  const res = await fetch(path, options);
  const body = await res.json().catch(() => ({}));
  if (!res.ok) throw Object.assign(new Error(body.error || "服务器没有回答，请稍后再试"), { status: res.status });
  return body;
}

const json = (v) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(v) });

export const recall = (as, id) => api("/api/recall", json({ as, id }));

// press presses a button of a message.
export const press = (as, m, label) => api("/api/press", json({ as, client: newID(), chat: m.chat, id: m.id, label }));

// tellRead says that everything in a chat up to a number was before the visitor's eyes.
export const tellRead = (as, chat, upto) => api("/api/read", json({ as, chat, upto }));

// newID names a message before the server knows it, so that sending it twice
// has one effect.
export function newID() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  return [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
}

// A browser has six connections to a site for all its tabs, and some must be
// left for sending. So only four tabs hold a stream; the others look every now
// and then, and take the place of one that is closed.
const seats = 4;

async function seat() {
  if (!navigator.locks) return document.hidden ? null : () => {};
  for (let i = 0; i < seats; i++) {
    const free = await new Promise((taken) => {
      navigator.locks.request("stream" + i, { ifAvailable: true }, (lock) =>
        lock ? new Promise((leave) => taken(leave)) : taken(null));
    });
    if (free) return free;
  }
  return null;
}

// Stream follows what happens in the chats of one person. It names the last
// event that it saw whenever it connects, so it misses nothing.
export class Stream {
  constructor(person, state, on) {
    this.person = person;
    this.at = `${state.epoch}-${state.seq}`;
    this.on = on;
    this.visible = () => { if (!document.hidden && !this.free) this.connect(); };
    document.addEventListener("visibilitychange", this.visible);
    this.connect();
  }

  close() {
    this.closed = true;
    document.removeEventListener("visibilitychange", this.visible);
    this.drop();
    this.free?.();
  }

  drop() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    if (this.source) this.source.close();
    this.source = null;
  }

  async connect() {
    this.drop();
    if (!this.free) {
      const free = await seat();
      if (this.closed || this.free) free?.();
      else this.free = free;
    }
    if (this.closed) return;
    this.drop();
    this.follow(this.free ? "" : "&once=1");
  }

  follow(once) {
    const src = new EventSource(`/api/events?as=${encodeURIComponent(this.person)}&after=${this.at}${once}`);
    this.source = src;
    let greeted = false;
    const heard = (name) => src.addEventListener(name, (ev) => {
      greeted = true;
      if (ev.lastEventId) this.at = ev.lastEventId;
      this.listen();
      this.on[name]?.(JSON.parse(ev.data));
    });
    ["hello", "say", "recall", "mark", "update", "read", "bot", "bye", "beat", "reset"].forEach(heard);
    src.onerror = () => {
      if (!once || !greeted) this.on.lost();
      this.drop();
      this.timer = setTimeout(() => this.connect(), once && document.hidden ? 8000 : 1000);
    };
    this.listen();
  }

  // listen gives the connection up when even the heartbeat is missing.
  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => { this.on.lost(); this.connect(); }, 40000);
  }
}

// Queue sends one message after the other and keeps what is not sent over a
// reload of the page. A message stays in it until the server has it.
export class Queue {
  constructor(person, changed) {
    this.person = person;
    this.key = "queue/" + person;
    this.items = tab.read(this.key) || [];
    this.changed = changed;
    this.run();
  }

  save() { tab.write(this.key, this.items.filter((i) => !i.bytes)); }

  add(item) {
    const it = { client: newID(), at: Date.now(), state: "sending", ...item };
    this.items.push(it);
    this.save();
    this.run();
    return it;
  }

  done(client) {
    const n = this.items.length;
    this.items = this.items.filter((i) => i.client !== client);
    if (this.items.length !== n) this.save();
  }

  retry(client) {
    const it = this.items.find((i) => i.client === client);
    if (it) it.state = "sending";
    this.run();
  }

  close() { this.closed = true; clearTimeout(this.timer); }

  // run sends what is waiting. What the server refuses stays, marked; the rest
  // goes on. When there is no server it tries again.
  async run() {
    if (this.running || this.closed) return;
    this.running = true;
    clearTimeout(this.timer);
    let wait = 0;
    for (let it; !this.closed && !wait && (it = this.items.find((i) => i.state !== "refused"));) {
      try {
        const line = await this.post(it);
        this.done(it.client);
        this.changed(it, line);
      } catch (err) {
        const passing = !err.status || [429, 500, 502, 503, 504].includes(err.status);
        it.state = passing ? "waiting" : "refused";
        it.error = err.message;
        if (passing) wait = 1500;
        this.save();
        this.changed(it);
      }
    }
    this.running = false;
    if (wait && !this.closed) this.timer = setTimeout(() => this.run(), wait);
  }

  post(it) {
    if (it.bytes) {
      const q = new URLSearchParams({ as: this.person, chat: it.chat, client: it.client });
      if (it.kind === "file") q.set("name", it.text);
      return api("/api/file?" + q, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: it.bytes });
    }
    const { client, chat, text, kind = "", size = 0, quote } = it;
    return api("/api/say", json({ as: this.person, client, chat, text, kind, size, quote: quote ? quote.id : "" }));
  }
}
