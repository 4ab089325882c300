// One question at a time on a tablet at a counter. Begins again after the answers are kept, and when
// nobody has touched it for fifteen seconds.
"use strict";

(() => {
  const IDLE = 15000;
  const WARNED = 10000;
  const THANKS = 5000;
  const { send, tell, version } = document.body.dataset;
  const begin = document.getElementById("begin");
  const failed = document.getElementById("failed");
  const status = document.getElementById("waiting");
  let own = null;
  let answers = {};
  let shown = [];
  let timers = [];

  const screens = () => [...own.querySelectorAll("[data-item]")];
  const valueOf = (item) => answers[item];

  // The rules of surveys/instrument/rules.py; the server decides once more by its own.
  const holds = (rule) => {
    if (rule.all) return rule.all.every(holds);
    if (rule.not) return !holds(rule.not);
    if (rule.answered) return valueOf(rule.answered) !== undefined;
    const [item, wanted] = rule.is || rule.any_of || rule.at_least;
    const given = valueOf(item);
    if (given === undefined) return false;
    if (rule.is) return given.includes(String(wanted));
    if (rule.any_of) return wanted.some((code) => given.includes(String(code)));
    return !(rule.outside || []).map(String).includes(given[0]) && Number(given[0]) >= wanted;
  };

  const isAsked = (screen) => !screen.dataset.when || holds(JSON.parse(screen.dataset.when));

  const show = (screen) => {
    for (const other of document.querySelectorAll(".screen")) other.hidden = other !== screen;
    const heading = screen.querySelector("h2");
    window.scrollTo(0, 0);
    heading?.focus();
  };

  const stay = () => {
    timers.forEach(clearTimeout);
    timers = [];
    for (const note of document.querySelectorAll(".idle")) note.hidden = true;
  };

  const watch = () => {
    stay();
    if (own === null) return;
    timers.push(setTimeout(() => { own.querySelector(".idle").hidden = false; }, WARNED));
    timers.push(setTimeout(restart, IDLE));
  };

  const restart = () => {
    stay();
    own = null;
    answers = {};
    shown = [];
    for (const button of document.querySelectorAll("[aria-pressed=true]")) button.setAttribute("aria-pressed", "false");
    for (const field of document.querySelectorAll("input")) field.value = "";
    document.documentElement.lang = "vi";
    show(begin);
  };

  const choose = (screen) => {
    for (const button of screen.querySelectorAll("button[value]")) {
      const chosen = (valueOf(screen.dataset.item) || []).includes(button.value);
      button.setAttribute("aria-pressed", String(chosen));
    }
  };

  const open = (screen) => {
    const all = screens();
    screen.querySelector(".bar span").style.setProperty("inline-size", `${Math.round((100 * all.indexOf(screen)) / all.length)}%`);
    choose(screen);
    show(screen);
  };

  const next = () => {
    const all = screens();
    const here = shown.length ? all.indexOf(shown[shown.length - 1]) : -1;
    // What hung on an answer that was changed is not asked, and not kept.
    for (const screen of all) if (!isAsked(screen)) delete answers[screen.dataset.item];
    const coming = all.slice(here + 1).find(isAsked);
    if (!coming) return finish();
    shown.push(coming);
    open(coming);
    watch();
  };

  const back = () => {
    shown.pop();
    if (!shown.length) return restart();
    open(shown[shown.length - 1]);
    watch();
  };

  const newKey = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  const finish = async () => {
    stay();
    const { language, consent } = own.dataset;
    const thanks = own.querySelector("[data-thanks]");
    const one = { key: newKey(), language, version, consent, answers };
    own = null;
    answers = {};
    shown = [];
    try {
      await kioskQueue.keep(one);
    } catch {
      // The browser's database takes nothing, e.g. because the disk is full.
      show(failed);
      timers.push(setTimeout(restart, IDLE));
      return;
    }
    show(thanks);
    timers.push(setTimeout(restart, THANKS));
    kioskQueue.send(send, tell);
  };

  const press = (button) => {
    const screen = button.closest("[data-item]");
    const item = screen.dataset.item;
    if (screen.dataset.kind === "several") {
      const given = new Set(valueOf(item));
      if (!given.delete(button.value)) given.add(button.value);
      if (given.size) answers[item] = [...given];
      else delete answers[item];
      choose(screen);
    } else {
      answers[item] = [button.value];
      next();
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.begin) {
      own = document.querySelector(`[data-language="${button.dataset.begin}"]`);
      document.documentElement.lang = button.dataset.begin;
      document.documentElement.requestFullscreen?.().catch(() => {});
      navigator.wakeLock?.request("screen").catch(() => {});
      next();
    } else if (own === null) {
      return;
    } else if (button.classList.contains("back")) back();
    else if (button.classList.contains("next")) {
      const screen = button.closest("[data-item]");
      const typed = screen.querySelector("input.typed")?.value.trim();
      if (typed) answers[screen.dataset.item] = [typed];
      next();
    } else if (button.value) press(button);
  });
  for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
    document.addEventListener(kind, () => own && watch(), { passive: true });
  }

  // No way out: Back stays, nothing is selected, dragged or looked up.
  history.pushState(null, "");
  window.addEventListener("popstate", () => history.pushState(null, ""));
  for (const kind of ["contextmenu", "dragstart", "selectstart"]) {
    document.addEventListener(kind, (event) => event.target.closest?.("input") || event.preventDefault());
  }

  kioskQueue.start(send, tell, ({ waiting, refused }) => {
    const said = [];
    if (waiting) said.push(`${waiting} ${status.dataset.waiting}`);
    if (refused) said.push(`${refused} ${status.dataset.refused}`);
    status.textContent = said.join(" · ");
    document.body.dataset.waiting = waiting;
  });
  navigator.serviceWorker?.register("/k/sw.js", { scope: "/k/" }).then(async () => {
    // Files that were loaded before the worker was there are kept too.
    const kept = await caches.open("longdan-kiosk");
    const files = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.href || one.src);
    await kept.addAll([location.pathname, ...files]);
    document.body.dataset.ready = "yes";
  }).catch(() => {});
  restart();
})();
