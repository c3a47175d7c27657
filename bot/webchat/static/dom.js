// Building blocks: elements made without markup strings, avatars, times.

export const $ = (id) => document.getElementById(id);

// h makes an element: h("li.msg.mine", {title: "…", onclick: f}, child, "text").
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const el = document.createElement(tag || "div");
  if (classes.length) el.className = classes.join(" ");
  for (const [k, v] of Object.entries(props || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k in el && k !== "role" && !k.startsWith("aria")) el[k] = v;
    else el.setAttribute(k, v === true ? "" : v);
  }
  el.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#i-" + name);
  svg.append(use);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

// hue gives everybody one of twelve colours, always the same one.
function hue(id) {
  let n = 7;
  for (const c of id) n = (n * 31 + c.codePointAt(0)) % 9973;
  return n % 12;
}

// initials are the last two characters of a Chinese name, as on a staff badge.
function initials(name) {
  const chars = [...name.replace(/[\s(（·].*$/u, "")];
  if (/^[\x20-\x7e]+$/.test(name)) return name.slice(0, 2).toUpperCase();
  return chars.slice(-2).join("");
}

export function avatar(person) {
  if (!person || person.id === "") return h("span.av.bot", { "aria-hidden": "true" });
  const text = initials(person.name || "？");
  return h("span.av.hue" + hue(person.id), { "aria-hidden": "true" }, h(text.length > 1 ? "b.two" : "b", null, text));
}

// groupAvatar shows up to nine members in a grid, the bot first.
export function groupAvatar(people) {
  const some = [{ id: "" }, ...people].slice(0, 9);
  return h("span.av.many" + (some.length > 4 ? ".nine" : ""), { "aria-hidden": "true" }, some.map((p) => {
    const el = avatar(p);
    if (p.id !== "") el.firstChild.textContent = [...p.name].slice(-1).join("");
    return el;
  }));
}

// A clock that shows the office's time, wherever the browser is.
export function clock(zone) {
  const make = (o) => {
    try { return new Intl.DateTimeFormat("zh-CN", { ...o, timeZone: zone, hourCycle: "h23" }); }
    catch { return new Intl.DateTimeFormat("zh-CN", { ...o, hourCycle: "h23" }); }
  };
  const time = make({ hour: "2-digit", minute: "2-digit" });
  const date = make({ year: "numeric", month: "long", day: "numeric" });
  const month = make({ month: "numeric", day: "numeric" });
  const week = make({ weekday: "long" });
  const full = make({ year: "numeric", month: "long", day: "numeric", weekday: "long", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = 86400000;
  const ago = (at, now) => {
    for (const n of [0, 1, 2, 3, 4, 5, 6]) if (date.format(at) === date.format(now - n * day)) return n;
    return 7;
  };
  return {
    full: (at) => full.format(at),
    // brief fits a list: 18:03, 昨天, 星期二, 9/14
    brief(at, now) {
      const n = ago(at, now);
      if (n === 0) return time.format(at);
      if (n === 1) return "昨天";
      return n < 7 ? week.format(at) : month.format(at);
    },
    // separator stands between messages: 18:03, 昨天 18:03, 2026年1月3日 18:03
    separator(at, now) {
      const n = ago(at, now);
      if (n === 0) return time.format(at);
      const d = n === 1 ? "昨天" : n < 7 ? week.format(at) : date.format(at);
      return d + " " + time.format(at);
    },
  };
}

export function size(bytes) {
  if (bytes < 1024) return bytes + " B";
  if (bytes < 1048576) return (bytes / 1024).toFixed(bytes < 10240 ? 1 : 0) + " KB";
  return (bytes / 1048576).toFixed(1) + " MB";
}

let toastTimer;
export function toast(text) {
  const el = $("toast");
  el.textContent = text;
  el.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { el.hidden = true; }, 3500);
}

// store keeps a value of this browser; where storage is off, nothing is kept.
export const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, v) { try { localStorage.setItem(key, JSON.stringify(v)); } catch { /* private window */ } },
};
export const tab = {
  read(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
  write(key, v) { try { sessionStorage.setItem(key, JSON.stringify(v)); } catch { /* private window */ } },
};
