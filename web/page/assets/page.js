// What the page does beyond what a browser does by itself: the theme, which is kept on
// the device, and events. Without it all forms post and all links work.
(function () {
  "use strict";
  var root = document.documentElement, key = "duban-theme", set = "";
  try { set = localStorage.getItem(key) || ""; } catch (e) { /* not kept */ }
  function theme() {
    if (set) root.setAttribute("data-theme", set); else root.removeAttribute("data-theme");
    document.querySelectorAll(".theme").forEach(function (g) { g.hidden = false; });
    document.querySelectorAll("[data-set]").forEach(function (b) {
      b.setAttribute("aria-pressed", String(b.getAttribute("data-set") === set));
    });
  }
  theme();

  // One connection a tab, only where something on the page wants to know. A part with
  // hx-trigger="changed from:body" is fetched anew when something has changed.
  var wait = 1000;
  function listen() {
    var lost = document.querySelector("[data-lost]");
    var events = new EventSource("/events");
    events.addEventListener("changed", function () {
      wait = 1000;
      if (lost) lost.hidden = true;
      document.body.dispatchEvent(new CustomEvent("changed"));
    });
    events.onerror = function () {
      events.close();
      if (lost) lost.hidden = false;
      setTimeout(listen, wait);
      wait = Math.min(wait * 2, 30000);
    };
  }
  function start() {
    theme();
    offer();
    if (window.EventSource && document.querySelector("[hx-trigger*='changed from:body']")) listen();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();

  document.addEventListener("click", function (e) {
    var b = e.target.closest && e.target.closest("[data-set]");
    if (!b) return;
    set = b.getAttribute("data-set");
    try { localStorage.setItem(key, set); } catch (x) { /* not kept */ }
    theme();
  });

  // What only a script can do is offered by it.
  function offer() {
    document.querySelectorAll("[data-print]").forEach(function (b) { b.hidden = false; });
  }
  document.addEventListener("click", function (e) {
    if (e.target.closest && e.target.closest("[data-print]")) window.print();
  });

  // A form is sent once, also by a double click, and its button says that it is at work.
  var sent = new WeakSet();
  document.addEventListener("submit", function (e) {
    var b = e.submitter || e.target.querySelector("button:not([type=button])");
    if (e.defaultPrevented || !b) return;
    if (sent.has(b)) { e.preventDefault(); return; }
    sent.add(b);
    setTimeout(function () { b.setAttribute("aria-busy", "true"); }, 400);
    setTimeout(function () { sent.delete(b); b.removeAttribute("aria-busy"); }, 8000);
  });
})();
