// The conversation: messages, separators, the menu of a message.

import { $, h, icon, avatar, size, toast } from "./dom.js";
import { api, press, recall } from "./net.js";
import { Menu, copy } from "./menu.js";
import { look } from "./look.js";

const gap = 5 * 60000; // a pause this long gets the time written above what follows

// preview is one line about a message, for the list of chats.
export function preview(m, S, chat) {
  const mine = m.from === S.me.id;
  const who = mine ? "你" : m.name;
  if (m.recalled) return `${who}撤回了一条消息`;
  const what = m.kind === "picture" ? "[图片]" : m.kind === "file" ? "[文件] " + m.text : m.text;
  return (chat.group && !mine ? m.name + "：" : "") + what.slice(0, 80).replace(/\s+/g, " ");
}

export class Conversation {
  constructor(S, act) {
    this.S = S;
    this.act = act;
    this.log = $("log");
    this.scroll = $("scroll");
    this.made = new Map();
    this.stick = true;
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroll.addEventListener("keydown", (ev) => this.key(ev));
    new ResizeObserver(() => this.resized()).observe(this.scroll);
    $("jump").onclick = () => this.toEnd(true);
    $("older").onclick = () => this.loadOlder();
    this.menu = new Menu($("menu"));
    this.touch();
  }

  reset() { this.made.clear(); this.log.replaceChildren(); this.chat = null; }

  show(chat) {
    this.reset();
    this.chat = chat;
    this.missed = 0;
    this.drawn = chat?.messages.at(-1)?.seq || 0;
    this.draw();
    this.toEnd();
  }

  // draw brings the list in line with the messages, touching only what differs.
  draw() {
    const chat = this.chat;
    if (!chat || chat.id !== this.S.current) return;
    const nodes = [];
    const keep = new Set();
    for (const it of this.items()) {
      keep.add(it.key);
      let had = this.made.get(it.key);
      if (!had || had.sig !== it.sig) {
        had = { sig: it.sig, el: it.make() };
        this.made.set(it.key, had);
      }
      it.touch?.(had.el);
      nodes.push(had.el);
    }
    for (const key of [...this.made.keys()]) if (!keep.has(key)) this.made.delete(key);
    this.place(nodes);
    $("older").hidden = !chat.more;
    this.count();
    this.stay();
  }

  place(nodes) {
    let at = this.log.firstChild;
    for (const el of nodes) {
      if (el === at) at = at.nextSibling;
      else this.log.insertBefore(el, at);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  // items are what the list shows, in order: times, messages, what is being sent.
  *items() {
    const { S, chat } = this;
    const rows = chat.messages.map((m) => ({ at: m.at, m }));
    for (const n of S.notes) { // among the messages, whose own order is the server's
      const i = rows.findIndex((r) => r.at > n.at);
      rows.splice(i < 0 ? rows.length : i, 0, { at: n.at, note: n.text });
    }
    const waiting = S.queue.items.filter((i) => i.chat === chat.id);
    for (const i of waiting) rows.push({ at: S.now(), m: { ...i, at: S.now(), from: S.me.id, name: S.me.name, pending: i.state } });
    if (!rows.length) yield { key: "empty", sig: chat.id, make: () => this.empty() };
    let last = 0;
    for (const r of rows) {
      if (r.at - last > gap) {
        const text = S.clock.separator(r.at, S.now());
        yield { key: "t" + (r.m ? r.m.client || r.m.id : r.at), sig: text, make: () => h("li.time", null, h("time", { title: S.clock.full(r.at) }, text)) };
      }
      last = r.at;
      if (r.note) yield { key: "n" + r.at, sig: r.note, make: () => h("li.sys", null, h("span", null, r.note)) };
      else yield this.item(r.m);
    }
  }

  empty() {
    const { S, chat } = this;
    return h("li.empty", null, avatar(S.bot), ...(chat.group
      ? [h("b", null, "群里还没有人说话"), `点下面的一句试试，或者写上 @${S.bot.name} 再提问。`]
      : [h("b", null, `你和${S.bot.name}的私聊`), "直接写就行，不用 @。点下面的一句试试。"]));
  }

  item(m) {
    const late = m.from === this.S.me.id && m.seq > this.S.got;
    const sig = [m.id, m.recalled, m.pending, late, m.draft, m.marked, m.changed, m.quote && this.gone(m.quote.id)].join("|");
    return { key: m.client || m.id, sig, make: () => (m.recalled ? this.recalled(m) : this.message(m, late)), touch: (el) => this.readers(el, m) };
  }

  gone(id) { return Boolean(this.chat.messages.find((x) => x.id === id)?.recalled); }

  recalled(m) {
    const mine = m.from === this.S.me.id;
    return h("li.sys", null, h("span", null, `${mine ? "你" : m.name}撤回了一条消息`,
      mine && m.draft ? h("button.link", { type: "button", onclick: () => this.act.edit(m.draft) }, "重新编辑") : null));
  }

  message(m, late) {
    const { S, chat } = this;
    const mine = m.from === S.me.id;
    const p = S.person(m.from) || { id: m.from, name: m.name };
    const li = h("li.msg" + (mine ? ".mine" : "") + (m.from === "" ? ".frombot" : ""), {
      tabIndex: -1, "aria-label": `${mine ? "我" : m.name}：${m.kind === "picture" ? "图片" : m.text}`,
    },
    avatar(p),
    h("div.body", null,
      chat.group && !mine ? h("div.who", null, m.name, h("small", null, m.from === "" ? "机器人" : p.label || "")) : null,
      h("div.row", null, this.bubble(m), this.mark(m, late), this.dots(m)),
      m.buttons ? h("div.presses", null, m.buttons.map((b) => this.button(m, b))) : null,
      m.quote ? this.quote(m.quote) : null));
    li.message = m;
    return li;
  }

  bubble(m) {
    if (m.kind === "picture") {
      const src = m.url || this.source(m);
      const img = h("img", { src, alt: "图片", loading: "lazy", onload: () => this.stay() });
      img.onerror = () => img.replaceWith(h("span.broken", null, "图片已经被清理"));
      return h("button.bubble.picture", { type: "button", "aria-label": "查看图片", onclick: () => look(src) }, img);
    }
    if (m.kind === "file") {
      const [, name, end] = m.text.match(/^(.*?)(\.[^.]{1,8})?$/su);
      return h(m.stored ? "a.bubble.file" : "div.bubble.file", m.stored ? { href: this.source(m), download: m.text, title: "保存文件" } : null,
        h("span.name", null, name + (end || ""), m.size ? h("small", null, size(m.size)) : null),
        h("span.kind", { "aria-hidden": "true" }, (end || ".?").slice(1, 5).toUpperCase()));
    }
    return h("div.bubble", null, this.words(m.text));
  }

  // button rests while what it says is on its way. What came of it, the message says.
  button(m, b) {
    return h("button.press", {
      type: "button", onclick: async (ev) => {
        const el = ev.currentTarget;
        el.disabled = true;
        try {
          await press(this.S.me.id, m, b.label);
          toast("已提交：" + b.label);
        } catch (err) {
          toast(err.message);
        }
        el.disabled = false;
      },
    }, b.label);
  }

  source(m) { return `/api/file/${m.id}?as=${encodeURIComponent(this.S.me.id)}`; }

  // words marks the mentions of the bot in a text.
  words(text) {
    const at = "@" + this.S.bot.name;
    const parts = text.split(at);
    return parts.flatMap((t, i) => (i < parts.length - 1 ? [t, h("span.at", null, at)] : [t]));
  }

  quote(q) {
    const gone = this.gone(q.id);
    const text = gone || !q.text ? "引用的消息已撤回" : `${q.name}：${q.text}`;
    return h("button.quoted", { type: "button", onclick: () => this.find(q.id), "aria-label": "引用 " + text }, text);
  }

  mark(m, late) {
    const S = this.S;
    if (m.pending === "refused") {
      return h("button.fail", { type: "button", title: m.error, "aria-label": "没有发出，重发", onclick: () => { S.queue.retry(m.client); this.draw(); } }, "!");
    }
    if (m.pending) return h("span.wait", { role: "img", "aria-label": m.pending === "waiting" ? "等待连接" : "正在发送" });
    if (m.marked) return h("span.counted", { role: "img", "aria-label": "小助手已记", title: "小助手已经记下" }, "✓");
    if (m.from === "") return h("span.read", { role: "img", hidden: true });
    return late ? h("span.wait.late", { role: "img", "aria-label": "等小助手接收", title: "已经记下，等小助手接收" }) : null;
  }

  // readers says beside what the bot said who has seen it. The message stays as it is:
  // somebody may be about to press a button of it.
  readers(el, m) {
    const span = el.querySelector("span.read");
    if (!span || !m.readers?.length) return;
    const names = m.readers.map((id) => this.S.person(id)?.name || id).join("、");
    const text = this.chat.group ? `已读 ${m.readers.length}` : "已读";
    if (span.textContent === text) return;
    Object.assign(span, { textContent: text, title: names, hidden: false });
    span.setAttribute("aria-label", `${text}：${names}`);
  }

  dots(m) {
    if (m.pending && m.pending !== "refused") return null;
    return h("button.icon.dots", { type: "button", tabIndex: -1, "aria-label": "更多操作", "aria-haspopup": "menu",
      onclick: (ev) => this.offer(m, ev.currentTarget.closest(".row").querySelector(".bubble")) }, icon("more"));
  }

  // offer opens the menu of a message.
  offer(m, bubble) {
    const { S } = this;
    const mine = m.from === S.me.id;
    const items = m.pending ? [["重发", () => { S.queue.retry(m.client); this.draw(); }], ["删除", () => { S.queue.done(m.client); this.draw(); }]] : [
      ["引用", () => this.act.quote(m)],
      m.text ? ["复制", () => copy(m.text)] : null,
      !mine && this.chat.group ? ["@" + (m.from === "" ? "小助手" : "TA"), () => this.act.mention(S.person(m.from) || m)] : null,
      mine && S.now() - m.at < S.recallFor ? ["撤回", () => recall(S.me.id, m.id).catch((err) => toast(err.message))] : null,
    ];
    this.menu.show(items.filter(Boolean), bubble.getBoundingClientRect(), this.scroll.getBoundingClientRect());
  }

  // touch opens the menu with a long press or the right mouse button.
  touch() {
    let timer;
    const bubble = (ev) => ev.target.closest(".bubble")?.closest(".msg");
    const show = (li) => this.offer(li.message, li.querySelector(".bubble"));
    this.log.addEventListener("contextmenu", (ev) => {
      if (!bubble(ev) || getSelection().toString()) return;
      ev.preventDefault();
      clearTimeout(timer);
      if ($("menu").hidden) show(bubble(ev));
    });
    this.log.addEventListener("touchstart", (ev) => {
      const li = bubble(ev);
      if (li) timer = setTimeout(() => show(li), 450);
    }, { passive: true });
    for (const end of ["touchend", "touchmove", "touchcancel"]) this.log.addEventListener(end, () => clearTimeout(timer), { passive: true });
  }

  key(ev) {
    const all = [...this.log.querySelectorAll(".msg")];
    const i = all.indexOf(document.activeElement);
    if (ev.key === "ArrowUp" || ev.key === "ArrowDown") {
      const to = i < 0 ? all.at(-1) : all[i + (ev.key === "ArrowUp" ? -1 : 1)];
      if (to && (i >= 0 || ev.target === this.scroll)) { ev.preventDefault(); to.focus(); }
    } else if (i >= 0 && (ev.key === "Enter" || ev.key === "ContextMenu")) {
      ev.preventDefault();
      if (all[i].message.id || all[i].message.pending === "refused") this.offer(all[i].message, all[i].querySelector(".bubble"));
    }
  }

  find(id) {
    const li = [...this.log.querySelectorAll(".msg")].find((x) => x.message.id === id);
    if (!li) return toast("原消息不在当前页面");
    li.scrollIntoView({ block: "center", behavior: "smooth" });
    li.classList.add("flash");
    setTimeout(() => li.classList.remove("flash"), 1600);
  }

  // reach shows a message, also one that is so old that it was not here.
  async reach(id) {
    const { chat } = this;
    for (let size = -1; chat.more && chat.messages.length !== size && !chat.messages.some((m) => m.id === id);) {
      size = chat.messages.length;
      await this.loadOlder();
    }
    this.stick = false;
    this.find(id);
  }

  async loadOlder() {
    const chat = this.chat;
    if (!chat?.more || this.loading) return;
    this.loading = true;
    const q = new URLSearchParams({ as: this.S.me.id, chat: chat.id, before: chat.messages[0]?.seq || 0 });
    try {
      const old = await api("/api/history?" + q);
      const from = this.scroll.scrollHeight - this.scroll.scrollTop;
      chat.messages.unshift(...old.messages);
      chat.more = old.more;
      this.draw();
      this.scroll.scrollTop = this.scroll.scrollHeight - from;
    } catch (err) {
      toast(err.message);
    }
    this.loading = false;
  }

  // scrolled tells the visitor, who moves up, from a list whose room has become
  // smaller: only the former leaves the end.
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    if (scrollHeight - scrollTop - clientHeight < 60) this.stick = true;
    else if (scrollTop < this.top) this.stick = false;
    this.top = scrollTop;
    if (this.stick) this.missed = 0;
    this.jump();
    if (this.scroll.scrollTop < 80) this.loadOlder();
  }

  resized() {
    this.stay();
    this.top = this.scroll.scrollTop;
  }

  // count says how many messages came below what is seen.
  count() {
    const last = this.chat.messages.at(-1)?.seq || 0;
    const fresh = this.chat.messages.filter((m) => m.seq > this.drawn && m.from !== this.S.me.id).length;
    this.drawn = Math.max(this.drawn, last);
    if (!this.stick) this.missed += fresh;
    this.jump();
  }

  jump() {
    const el = $("jump");
    el.hidden = this.stick;
    el.lastChild.textContent = this.missed ? `${this.missed} 条新消息` : "";
    el.setAttribute("aria-label", this.missed ? `${this.missed} 条新消息，回到底部` : "回到底部");
  }

  // stay notes at once where the end is: the event of scrolling comes a frame later,
  // and until then somebody may move up, or the room may change.
  stay() {
    if (!this.stick) return;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.top = this.scroll.scrollTop;
  }

  toEnd(smooth) {
    this.stick = true;
    this.missed = 0;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    if (!smooth) this.top = this.scroll.scrollTop;
    this.jump();
  }
}
