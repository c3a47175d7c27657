// A picture as large as the window: zoom with the wheel, two fingers or + and -, move it
// with the pointer, a double click goes near and back.

import { $ } from "./dom.js";

const nearest = 8;
const dialog = $("look");
const img = dialog.querySelector("img");
const fingers = new Map();
let scale = 1, x = 0, y = 0, moved = false;

function place() {
  if (scale === 1) x = y = 0;
  img.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  dialog.classList.toggle("near", scale > 1);
}

// zoom goes nearer by a factor and leaves in place what lies under a point of the window.
function zoom(by, at) {
  const box = img.getBoundingClientRect();
  const next = Math.min(nearest, Math.max(1, scale * by));
  const grown = next / scale - 1;
  x += (box.left + box.width / 2 - at.clientX) * grown;
  y += (box.top + box.height / 2 - at.clientY) * grown;
  scale = next;
  place();
}

function middle() { return { clientX: innerWidth / 2, clientY: innerHeight / 2 }; }

function apart() {
  const [a, b] = [...fingers.values()];
  return { far: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
}

img.draggable = false;
img.onpointerdown = (ev) => {
  if (!fingers.size) moved = false;
  fingers.set(ev.pointerId, ev);
  img.setPointerCapture(ev.pointerId);
};
img.onpointermove = (ev) => {
  const was = fingers.get(ev.pointerId);
  if (!was) return;
  const before = fingers.size === 2 && apart();
  fingers.set(ev.pointerId, ev);
  if (Math.hypot(ev.clientX - was.clientX, ev.clientY - was.clientY) > 0) moved = true;
  if (before) return zoom(apart().far / Math.max(before.far, 1), apart());
  if (scale === 1) return;
  x += ev.clientX - was.clientX;
  y += ev.clientY - was.clientY;
  place();
};
img.onpointerup = img.onpointercancel = (ev) => fingers.delete(ev.pointerId);
img.ondblclick = (ev) => zoom(scale > 1 ? 1 / nearest : 2.5, ev);
dialog.addEventListener("wheel", (ev) => { ev.preventDefault(); zoom(Math.exp(-ev.deltaY / 400), ev); }, { passive: false });
dialog.addEventListener("keydown", (ev) => {
  const by = { "+": 1.25, "=": 1.25, "-": 0.8, 0: 1 / nearest }[ev.key];
  if (by) zoom(by, middle());
});
dialog.onclick = (ev) => { if (ev.target === dialog || scale === 1 && !moved && ev.detail === 0) dialog.close(); };

export function look(src) {
  scale = 1;
  fingers.clear();
  place();
  img.src = src;
  dialog.showModal();
}
