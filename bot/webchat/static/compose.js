// The input: text, mention, quote, pictures and the sentences to start with.

import { $, h, avatar, tab, toast } from "./dom.js";
import { spells } from "./people.js";

const space = "\u2005"; // what a phone puts behind a mention
const enough = 5; // after so many own messages a chat is no longer new

export class Composer {
  constructor(S, sent) {
    this.S = S;
    this.sent = sent;
    this.text = $("text");
    $("composer").onsubmit = (ev) => { ev.preventDefault(); this.submit(); };
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (ev) => this.key(ev));
    this.text.addEventListener("blur", () => setTimeout(() => this.offer([]), 150));
    this.text.addEventListener("paste", (ev) => this.paste(ev));
    this.droppable($("conv"));
    $("at").onclick = () => this.mention(S.bot);
    $("idea").onclick = () => this.tips(!this.tipsOn);
    $("image").onclick = () => $("pick-image").click();
    $("file").onclick = () => $("pick-file").click();
    $("pick-image").onchange = (ev) => { this.picture(ev.target.files[0]); ev.target.value = ""; };
    $("pick-file").onchange = (ev) => { this.file(ev.target.files[0]); ev.target.value = ""; };
    $("quote").querySelector("button").onclick = () => this.quote(null);
  }

  leave() {
    if (this.chat) tab.write(this.draftKey(), this.text.value);
    this.chat = null;
  }

  draftKey() { return `draft/${this.S.me.id}/${this.chat.id}`; }

  show(chat) {
    this.chat = chat;
    if (!chat) return;
    this.text.value = tab.read(this.draftKey()) || "";
    this.text.placeholder = chat.group ? "说点什么，用 @ 叫小助手" : "问小助手点什么";
    $("at").hidden = !chat.group;
    this.quote(null);
    this.offer([]);
    this.tips(chat.messages.filter((m) => m.from === this.S.me.id).length < enough);
    this.typed();
    if (matchMedia("(pointer: fine)").matches) this.text.focus({ preventScroll: true });
  }

  tips(on) {
    this.tipsOn = on && this.chat.starters.length > 0;
    $("tips").hidden = !this.tipsOn;
    $("idea").setAttribute("aria-pressed", String(this.tipsOn));
    $("tips").replaceChildren(...this.chat.starters.map((t) => h("button.tip", { type: "button", onclick: () => this.send({ text: t }) }, t)));
  }

  edit(t) {
    this.text.value = t;
    this.text.focus();
    this.typed();
  }

  quote(m) {
    this.quoting = m;
    $("quote").hidden = !m;
    if (!m) return;
    const what = m.kind === "picture" ? "[图片]" : m.kind === "file" ? "[文件] " + m.text : m.text;
    $("quote").firstChild.textContent = `${m.name}：${what}`;
    this.text.focus();
  }

  mention(p) {
    this.insert("@" + p.name + space);
  }

  insert(words, from = this.text.selectionStart) {
    this.text.setRangeText(words, from, this.text.selectionEnd, "end");
    this.text.focus();
    this.typed();
  }

  typed() {
    const t = this.text;
    t.style.height = "auto";
    t.style.height = Math.min(t.scrollHeight, 160) + "px";
    t.style.overflowY = t.scrollHeight > 160 ? "auto" : "hidden";
    $("send").disabled = !t.value.trim();
    const m = this.chat?.group && t.value.slice(0, t.selectionStart).match(/[@＠]([^\s@＠]{0,12})$/u);
    if (!m) return this.offer([]);
    this.from = t.selectionStart - m[0].length;
    const all = [this.S.bot, ...this.chat.members.map((id) => this.S.people.get(id)).filter((p) => p.id !== this.S.me.id)];
    this.offer(all.filter((p) => p.name.includes(m[1]) || spells(p, m[1].toLowerCase())).slice(0, 8));
  }

  // offer lists whom an @ can mean.
  offer(people) {
    this.offered = people;
    this.at = 0;
    const ul = $("mention");
    ul.hidden = !people.length;
    ul.replaceChildren(...people.map((p, i) => h("li", {
      role: "option", id: "m" + i, "aria-selected": String(i === 0),
      onpointerdown: (ev) => { ev.preventDefault(); this.take(p); },
    }, avatar(p), h("b", null, p.name), h("small", null, p.label || ""))));
    this.text.toggleAttribute("aria-activedescendant", false);
    if (people.length) this.text.setAttribute("aria-activedescendant", "m0");
  }

  take(p) {
    this.insert("@" + p.name + space, this.from);
    this.offer([]);
  }

  key(ev) {
    if (ev.isComposing || ev.keyCode === 229) return; // an input method is still choosing characters
    if (this.offered.length) return this.choose(ev);
    if (ev.key === "Enter" && !ev.shiftKey) {
      ev.preventDefault();
      this.submit();
    } else if (ev.key === "Escape" && this.quoting) this.quote(null);
  }

  choose(ev) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
    if (step) {
      ev.preventDefault();
      this.at = (this.at + step + this.offered.length) % this.offered.length;
      [...$("mention").children].forEach((li, i) => li.setAttribute("aria-selected", String(i === this.at)));
      $("mention").children[this.at].scrollIntoView({ block: "nearest" });
      this.text.setAttribute("aria-activedescendant", "m" + this.at);
    } else if (ev.key === "Enter" || ev.key === "Tab") {
      ev.preventDefault();
      this.take(this.offered[this.at]);
    } else if (ev.key === "Escape") {
      ev.stopPropagation();
      this.offer([]);
    }
  }

  paste(ev) {
    const f = [...(ev.clipboardData?.files || [])].find((x) => x.type.startsWith("image/"));
    if (!f) return;
    ev.preventDefault();
    this.picture(f);
  }

  // droppable sends what is dropped on an element.
  droppable(el) {
    const brings = (ev) => this.chat && [...(ev.dataTransfer?.types || [])].includes("Files");
    const over = (on) => el.classList.toggle("dropping", on);
    el.addEventListener("dragover", (ev) => {
      if (!brings(ev)) return;
      ev.preventDefault();
      over(true);
    });
    el.addEventListener("dragleave", (ev) => { if (!el.contains(ev.relatedTarget)) over(false); });
    el.addEventListener("drop", (ev) => {
      over(false);
      if (!brings(ev)) return;
      ev.preventDefault();
      for (const f of ev.dataTransfer.files) {
        if (/^image\/(png|jpeg|gif|webp)$/.test(f.type)) this.picture(f);
        else this.file(f);
      }
    });
  }

  picture(f) {
    if (!f) return;
    if (f.size > 5 << 20) return toast("图片太大了，最多 5 MB");
    this.send({ kind: "picture", text: "", bytes: f, url: URL.createObjectURL(f) });
  }

  file(f) {
    if (!f) return;
    if (f.size > 10 << 20) return toast("文件太大了，最多 10 MB");
    const bytes = f.size ? { bytes: f } : {};
    this.send({ kind: "file", text: f.name, size: f.size, ...bytes });
  }

  submit() {
    if (!this.text.value.trim()) return;
    const q = this.quoting;
    this.send({ text: this.text.value, quote: q && { id: q.id, name: q.name, text: q.text || "[图片]" } });
    this.text.value = "";
    this.quote(null);
    tab.write(this.draftKey(), "");
    this.typed();
  }

  send(item) {
    this.S.queue.add({ chat: this.chat.id, ...item });
    this.sent();
  }
}
