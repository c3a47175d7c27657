// The menu of a message, and what it and the page use of the browser.

import { $, h, toast } from "./dom.js";

export class Menu {
  constructor(el) {
    this.el = el;
    document.addEventListener("pointerdown", (ev) => { if (!ev.target.closest("#menu, .dots")) this.hide(); });
    document.addEventListener("keydown", (ev) => { if (ev.key === "Escape") this.hide(true); });
    el.onkeydown = (ev) => this.key(ev);
  }

  // show puts the menu above the box, or below it where there is no room; items
  // are pairs of a label and what it does.
  show(items, box, room) {
    const el = this.el;
    el.replaceChildren(...items.map(([label, act]) => h("button", { type: "button", role: "menuitem", onclick: () => { this.hide(true); act(); } }, label)));
    el.hidden = false;
    this.from = document.activeElement;
    const { offsetWidth: w, offsetHeight: ht } = el;
    el.style.left = Math.max(8, Math.min(innerWidth - w - 8, box.left + box.width / 2 - w / 2)) + "px";
    const above = box.top - ht - 8;
    el.style.top = (above > room.top ? above : Math.min(room.bottom - ht - 8, Math.max(room.top + 8, box.bottom + 8))) + "px";
    el.firstChild.focus({ preventScroll: true });
  }

  hide(back) {
    if (this.el.hidden) return;
    this.el.hidden = true;
    if (back) this.from?.focus?.({ preventScroll: true });
  }

  key(ev) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[ev.key];
    if (!step) return;
    ev.preventDefault();
    const all = [...this.el.children];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  }
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("已复制");
  } catch {
    toast("浏览器不让复制，请手动选择文字");
  }
}
