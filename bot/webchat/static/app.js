// The page: who the visitor plays, which chats there are, what is new in them.

import { $, h, icon, avatar, groupAvatar, clock, store, toast } from "./dom.js";
import { api, tellRead, Stream, Queue } from "./net.js";
import { choosePerson, showMembers, searchPast, badge, admin } from "./people.js";
import { Conversation, preview } from "./view.js";
import { Composer } from "./compose.js";

const S = { me: null, people: new Map(), chats: new Map(), current: "", online: true, connected: false, notes: [] };
let stream, queue, view, composer;

const wide = matchMedia("(min-width: 720px)");

// The address after # says who and where, so that a tab can be reloaded, kept
// or sent back with the phone's back button.
function place() {
  const q = new URLSearchParams(location.hash.slice(1));
  return { as: q.get("as") || "", chat: q.get("chat") || "" };
}

function go(as, chat, replace) {
  const q = new URLSearchParams({ as });
  if (chat) q.set("chat", chat);
  history[replace ? "replaceState" : "pushState"](null, "", "#" + q);
}

async function start() {
  const { as } = place();
  if (!as) return pick();
  try {
    await enter(as);
  } catch (err) {
    if (err.status === 404) return pick(err.message);
    banner(err.message + "，正在重试…");
    setTimeout(start, 2000);
  }
}

async function pick(why) {
  try {
    const { people } = await api("/api/people");
    choosePerson(people, S.me, become);
    if (why) toast(why);
  } catch {
    toast("连不上 duban，正在重试…");
    setTimeout(pick, 2000);
  }
}

function become(person) {
  const stay = place().chat.startsWith("@") ? "" : place().chat;
  go(person.id, stay, false);
  start();
}

async function enter(as) {
  const st = await api("/api/state?as=" + encodeURIComponent(as));
  leave();
  Object.assign(S, {
    me: st.me, bot: { id: "", name: st.bot, label: "机器人" }, online: st.online, got: st.got, boot: st.boot,
    epoch: st.epoch, offset: st.now - Date.now(), clock: clock(st.zone), recallFor: st.recallFor,
    people: new Map(st.people.map((p) => [p.id, p])),
    chats: new Map(st.chats.map((c) => [c.id, c])),
  });
  S.now = () => Date.now() + S.offset;
  S.readKey = `read/${S.epoch}/${S.me.id}`;
  S.read = store.read(S.readKey) || {};
  S.person = (id) => (id === "" ? S.bot : S.people.get(id));
  queue = S.queue = new Queue(S.me.id, sent);
  view.reset();
  $("app").hidden = false;
  follow(st);
  drawMe();
  open(place().chat, true);
}

function leave() {
  stream?.close();
  queue?.close();
  S.current = "";
}

function follow(st) {
  S.connected = true;
  stream = new Stream(S.me.id, st, {
    hello(ev) {
      S.offset = ev.now - Date.now();
      S.got = ev.got;
      S.online = ev.online;
      S.leaving = false;
      if (ev.boot !== S.boot) {
        S.boot = ev.boot;
        S.notes.push({ at: ev.boot, text: "duban 已重新启动，消息都在" });
        toast("duban 已重新启动");
      }
      connected(true);
      queue.run();
    },
    say: received,
    recall: takenBack,
    mark: counted,
    update: changed,
    read: readBy,
    bot(ev) { S.got = ev.got; S.online = ev.online; status(); view.draw(); },
    bye() { S.leaving = true; connected(false); },
    lost() { connected(false); },
    reset() { start(); },
  });
}

function connected(yes) {
  S.connected = yes;
  status();
  view.draw();
}

// received puts a message where it belongs, once.
function received(line) {
  const chat = S.chats.get(line.chat);
  if (!chat || chat.messages.some((m) => m.id === line.id)) return;
  queue.done(line.client);
  chat.messages.push(line);
  chat.messages.sort((a, b) => a.seq - b.seq);
  if (line.chat === S.current) view.draw();
  seen();
  drawChats();
  ring(chat, line);
}

// ring tells of a message outside of the page, if the visitor has allowed that and does
// not look at it.
function ring(chat, m) {
  if (!document.hidden || m.from === S.me.id || !window.Notification || Notification.permission !== "granted") return;
  const n = new Notification(chat.name, { body: preview(m, S, chat), tag: S.me.id + "/" + chat.id, icon: "/static/bot.svg" });
  n.onclick = () => { window.focus(); open(chat.id); n.close(); };
}

// offerRing shows the button that asks for leave to do so, until there is an answer.
function offerRing() {
  const button = $("ring");
  button.hidden = !window.Notification || Notification.permission !== "default";
  button.onclick = async () => {
    await Notification.requestPermission();
    offerRing();
    if (Notification.permission === "granted") toast("有新消息时会在桌面提醒");
  };
}

function takenBack(line) {
  const m = S.chats.get(line.chat)?.messages.find((x) => x.id === line.recall);
  if (!m) return;
  if (m.text && !m.kind && m.from === S.me.id) m.draft = m.text;
  Object.assign(m, { recalled: true, text: "", quote: null });
  view.draw();
  drawChats();
}

// counted shows the mark on a message that the bot has counted.
function counted(line) {
  const m = S.chats.get(line.chat)?.messages.find((x) => x.id === line.marks);
  if (!m) return;
  m.marked = true;
  view.draw();
}

// changed shows what the bot says now in the place of a message.
function changed(line) {
  const m = S.chats.get(line.chat)?.messages.find((x) => x.id === line.of);
  if (!m || m.recalled) return;
  Object.assign(m, { text: line.text, buttons: line.buttons, changed: line.seq });
  view.draw();
  drawChats();
}

// readBy shows that somebody has seen what the bot said.
function readBy(line) {
  const chat = S.chats.get(line.chat);
  for (const m of chat?.messages || []) {
    if (m.from || m.seq > line.upto || m.readers?.includes(line.from)) continue;
    m.readers = [...(m.readers || []), line.from];
  }
  if (line.chat === S.current) view.draw();
}

// sent is called when the server has a message of the queue, or did not take it.
function sent(item, line) {
  if (line) received(line);
  if (line && item.url) setTimeout(() => URL.revokeObjectURL(item.url), 5000);
  else if (item.state === "refused") toast(item.error);
  view.draw();
}

// seen notes what the visitor has before their eyes.
function seen() {
  const chat = S.chats.get(S.current);
  if (!chat || document.hidden || !$("app").classList.contains("open") && !wide.matches) return;
  const last = chat.messages.at(-1)?.seq || 0;
  const before = S.read[chat.id] || 0;
  if (before >= last) return;
  if (chat.messages.some((m) => !m.from && m.seq > before)) tellRead(S.me.id, chat.id, last).catch(() => {}); // it is told with the next
  S.read = { ...store.read(S.readKey), ...S.read, [chat.id]: last };
  store.write(S.readKey, S.read);
}

function unread(chat) {
  const from = S.read[chat.id] || 0;
  return chat.messages.filter((m) => m.seq > from && m.from !== S.me.id && !m.recalled).length;
}

function open(id, replace) {
  const chat = S.chats.get(id) || (wide.matches ? [...S.chats.values()][0] : null);
  $("app").classList.toggle("open", Boolean(chat));
  if (place().chat !== (chat ? chat.id : "") || !replace) go(S.me.id, chat?.id, replace);
  if (S.current !== (chat ? chat.id : "")) {
    composer.leave();
    S.current = chat ? chat.id : "";
    view.show(chat);
    composer.show(chat);
  }
  seen();
  drawChats();
  status();
}

function drawMe() {
  const p = S.me;
  $("me").replaceChildren(avatar(p),
    h("span.who", null, h("b", null, p.name, admin(p)), h("small", null, p.label)),
    h("span.switch", null, icon("switch"), "换人"));
  $("as").replaceChildren(avatar(p), h("span", null, p.name));
}

function drawChats() {
  const rows = [...S.chats.values()].map((chat) => {
    const last = chat.messages.at(-1);
    const n = unread(chat);
    return h("button.chat" + (chat.id === S.current ? ".on" : ""), {
      type: "button", onclick: () => open(chat.id), "aria-current": chat.id === S.current ? "true" : undefined,
      "aria-label": `${chat.name}${n ? `，${n} 条未读` : ""}`,
    },
    h("span.face", null, chat.group ? groupAvatar(chat.members.map((id) => S.people.get(id))) : avatar(S.bot), badge(n)),
    h("span.what", null,
      h("span.line", null, h("b", null, chat.name), h("time", null, last ? S.clock.brief(last.at, S.now()) : "")),
      h("span.last", null, last ? preview(last, S, chat) : chat.group ? "还没有人说话" : "和小助手单独聊")));
  });
  $("chats").replaceChildren(...rows);
  const others = [...S.chats.values()].filter((c) => c.id !== S.current).reduce((n, c) => n + unread(c), 0);
  const all = [...S.chats.values()].reduce((n, c) => n + unread(c), 0);
  $("elsewhere").hidden = !others;
  $("elsewhere").textContent = others > 99 ? "99+" : others;
  document.title = `${all ? `(${all}) ` : ""}${S.me.name} · ${S.bot.name}`;
}

// status says in words whether the page has duban and duban has the bot.
function status() {
  const chat = S.chats.get(S.current);
  const [cls, text] = !S.connected ? ["off", S.leaving ? "duban 停止了，或正在重启" : "连接断开"]
    : S.online ? ["on", "小助手在线"] : ["wait", "小助手暂时离线"];
  $("dot").className = "dot " + cls;
  $("net").textContent = S.connected ? text : "正在重连…";
  banner(cls === "on" ? "" : cls === "wait" ? "小助手暂时没有接收消息，恢复后会按顺序补上"
    : text + "。正在重连，你写的消息会在连上后自动发出");
  if (!chat) return;
  $("title").replaceChildren(h("span", null, chat.name), chat.group ? h("small", null, `(${chat.members.length + 1})`) : "");
  $("subtitle").className = cls;
  $("subtitle").textContent = text;
  $("members").hidden = !chat.group;
}

function banner(text) {
  $("banner").textContent = text;
  $("banner").hidden = !text;
}

function wire() {
  view = new Conversation(S, { quote: (m) => composer.quote(m), mention: (p) => composer.mention(p), edit: (t) => composer.edit(t) });
  composer = new Composer(S, () => { view.draw(); view.toEnd(); });
  $("me").onclick = $("as").onclick = () => pick();
  $("back").onclick = () => { if (history.length > 1) history.back(); else open("", true); };
  $("search").onclick = () => searchPast(S, S.chats.get(S.current), api, (id) => view.reach(id));
  $("members").onclick = () => showMembers(S, S.chats.get(S.current), (p) => composer.mention(p));
  addEventListener("popstate", () => {
    const { as, chat } = place();
    if (S.me && as === S.me.id) open(chat, true);
    else start();
  });
  document.addEventListener("visibilitychange", () => { if (S.me) { seen(); drawChats(); } });
  wide.addEventListener("change", () => { if (S.me) open(place().chat, true); });
  keyboard();
  offerRing();
}

// keyboard keeps the page as high as what the phone's keyboard leaves of it,
// where the browser does not do so itself.
function keyboard() {
  const vv = window.visualViewport;
  if (!vv) return;
  vv.addEventListener("resize", () => {
    const covered = vv.scale < 1.01 && vv.height < innerHeight - 80;
    document.documentElement.style.setProperty("--height", covered ? vv.height + "px" : "100dvh");
    if (covered) scrollTo(0, 0);
    if (S.current) view.stay();
  });
}

wire();
start();
