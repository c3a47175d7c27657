// Lists of people: whom to play, and who is in a group.

import { $, h, avatar } from "./dom.js";

export function badge(n) {
  return n ? h("span.badge", { "aria-hidden": "true" }, n > 99 ? "99+" : String(n)) : null;
}

// admin marks who runs the office's work, unless the label says so already.
export function admin(p) {
  return p.admin && !(p.label || "").includes("管理员") ? h("i.tag", null, "管理员") : null;
}

// spells tells whether letters are somebody's name in pinyin: wangxm, wxm, xiaom.
export function spells(p, letters) {
  const syllables = (p.spelt || "").split(" ").filter(Boolean).map((s) => s.split("|"));
  const from = (i, rest) => !rest || i < syllables.length && syllables[i].some((s) =>
    s.startsWith(rest) || rest.startsWith(s) && from(i + 1, rest.slice(s.length)) || rest[0] === s[0] && from(i + 1, rest.slice(1)));
  return /^[a-z]+$/.test(letters) && syllables.some((_, i) => from(i, letters));
}

// searchPast looks for words in all that was said in a chat; choosing a message shows it.
export function searchPast(S, chat, api, chosen) {
  const dialog = $("past");
  const find = $("past-find");
  const list = $("past-list");
  const none = (text) => list.replaceChildren(h("li.none", null, text));
  const hit = (m) => h("li", null, h("button.person", { type: "button", onclick: () => { dialog.close(); chosen(m.id); } },
    avatar(S.person(m.from) || m),
    h("span.who", null, h("b", null, m.kind === "picture" ? "[图片]" : m.text.slice(0, 120)), h("small", null, `${m.name} · ${S.clock.separator(m.at, S.now())}`))));
  let timer;
  find.value = "";
  none("");
  find.oninput = () => {
    clearTimeout(timer);
    const q = find.value.trim();
    if (!q) return none("");
    timer = setTimeout(async () => {
      try {
        const { messages } = await api("/api/search?" + new URLSearchParams({ as: S.me.id, chat: chat.id, q }));
        if (find.value.trim() !== q) return;
        if (messages.length) list.replaceChildren(...messages.map(hit));
        else none("没有找到，请换个词");
      } catch (err) {
        none(err.message);
      }
    }, 200);
  };
  closable(dialog, true);
  dialog.showModal();
  find.focus();
}

function row(p, current, act) {
  return h("li", null, h("button.person" + (current ? ".on" : ""), { type: "button", onclick: act },
    avatar(p),
    h("span.who", null, h("b", null, p.name), h("small", null, p.label || "")),
    admin(p),
    current ? h("i.tag.now", null, "当前") : null));
}

function closable(dialog, may) {
  dialog.querySelector(".close").hidden = !may;
  dialog.querySelector(".close").onclick = () => dialog.close();
  dialog.onclick = (ev) => { if (may && ev.target === dialog) dialog.close(); };
  dialog.oncancel = (ev) => { if (!may) ev.preventDefault(); };
}

// choosePerson lets the visitor pick whom they play. The first time there is
// no way past it.
export function choosePerson(people, me, chosen) {
  const dialog = $("who");
  const list = $("who-list");
  const find = $("who-find");
  find.hidden = people.length < 10;
  find.value = "";
  const draw = () => {
    const q = find.value.trim().toLowerCase();
    const fit = people.filter((p) => !q || spells(p, q) || (p.name + (p.label || "") + (p.admin ? "管理员" : "")).toLowerCase().includes(q));
    list.replaceChildren(...fit.map((p) => row(p, me && p.id === me.id, () => { dialog.close(); chosen(p); })));
    if (!fit.length) list.append(h("li.none", null, people.length ? "没有找到，请换个词" : "名单还是空的，请先导入人员名单"));
  };
  find.oninput = draw;
  draw();
  dialog.classList.toggle("first", !me);
  closable(dialog, Boolean(me));
  if (!dialog.open) dialog.showModal();
  list.scrollTop = 0;
  list.focus({ preventScroll: true });
  list.querySelector(".on")?.scrollIntoView({ block: "nearest" });
}

// showMembers lists a group; touching somebody mentions them.
export function showMembers(S, chat, mention) {
  const dialog = $("room");
  $("room-title").textContent = `${chat.name}（${chat.members.length + 1}）`;
  const all = [S.bot, ...chat.members.map((id) => S.people.get(id))];
  $("room-list").replaceChildren(...all.map((p) => row(p, p.id === S.me.id, () => { dialog.close(); mention(p); })));
  closable(dialog, true);
  dialog.showModal();
  $("room-list").focus({ preventScroll: true });
}
