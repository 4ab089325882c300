// Answers given at a tablet, kept in the browser's database until the server says they are stored.
// Each has a key made with it; whatever is sent twice under one key is stored once. Nothing is deleted
// before the server has named that key. What is refused stays here too, and the server is told how many
// and why, nothing else.
"use strict";

const kioskQueue = (() => {
  const WAITING = "waiting";
  const REFUSED = "refused";
  // Statuses after which the same answers would be refused for ever: they are set aside, not lost.
  const FINAL = [400, 409, 413, 422];
  // The tablet was ended, the counter or the round is closed: what is held waits for that to change.
  const FOR_NOW = [403, 410];
  const PATIENCE = 20000;
  const SHORTEST = 2000;
  const LONGEST = 60000;

  let opened = null;
  let timer = 0;
  let wait = SHORTEST;
  let sending = false;
  let listener = () => {};
  // Why the server takes nothing for now, and since which day; null while it does.
  let refusedForNow = null;
  // What the server was told last of what is held here.
  let toldLast = "";

  const open = () =>
    (opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("longdan-kiosk", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(WAITING, { keyPath: "key" });
        asked.result.createObjectStore(REFUSED, { keyPath: "key" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => { opened = null; reject(asked.error); };
    }));

  const change = async (stores, work) => {
    const base = await open();
    return new Promise((resolve, reject) => {
      const act = base.transaction(stores, "readwrite", { durability: "strict" });
      act.oncomplete = () => resolve();
      act.onerror = act.onabort = () => reject(act.error);
      work(act);
    });
  };

  const read = async (store, ask) => {
    const base = await open();
    return new Promise((resolve, reject) => {
      const asked = ask(base.transaction(store).objectStore(store));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };

  const count = async () => ({
    waiting: await read(WAITING, (store) => store.count()),
    refused: await read(REFUSED, (store) => store.count()),
  });

  const show = async () => listener(await count());

  const whyOf = async (answer) => {
    const said = await answer.json().catch(() => ({}));
    const other = answer.status === 413 ? "too-large" : "malformed";
    return { ...said, why: said.refused || other, on: said.on || new Date().toISOString().slice(0, 10) };
  };

  // What is held because it was refused, by reason and day.
  const held = async () => {
    const counts = new Map();
    const add = (why, on, n) => {
      const key = JSON.stringify([why, on]);
      counts.set(key, (counts.get(key) || 0) + n);
    };
    for (const { said, status } of await read(REFUSED, (store) => store.getAll())) {
      add(said.why || said.refused || (status === 413 ? "too-large" : "malformed"), said.on || null, 1);
    }
    const { waiting } = await count();
    if (waiting && refusedForNow) add(refusedForNow.why, refusedForNow.on, waiting);
    return [...counts].map(([key, n]) => ({ why: JSON.parse(key)[0], on: JSON.parse(key)[1], n }));
  };

  // Told at the beginning, and when it has changed; what does not arrive is told the next time.
  const tell = async (address) => {
    const holds = await held();
    const body = JSON.stringify(holds);
    if (body === toldLast) return;
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) return;
    toldLast = body;
    document.body.dataset.told = holds.reduce((sum, each) => sum + each.n, 0);
  };

  // Send one; true if it is done with, else the seconds the server asks to wait, or 0.
  const sendOne = async (address, one) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(one),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) {
      const said = await answer.json();
      if (said.stored !== one.key) return 0;
      refusedForNow = null;
      await change([WAITING], (act) => act.objectStore(WAITING).delete(one.key));
      return true;
    }
    if (FINAL.includes(answer.status)) {
      const said = await whyOf(answer);
      await change([WAITING, REFUSED], (act) => {
        act.objectStore(REFUSED).put({ ...one, status: answer.status, said });
        act.objectStore(WAITING).delete(one.key);
      });
      return true;
    }
    if (FOR_NOW.includes(answer.status)) {
      const { why, on } = await whyOf(answer);
      if (refusedForNow?.why !== why) refusedForNow = { why, on };
    }
    return Number(answer.headers.get("Retry-After")) || 0;
  };

  const sendAll = async (address) => {
    for (;;) {
      const [key] = await read(WAITING, (store) => store.getAllKeys(null, 1));
      if (key === undefined) return null;
      const one = await read(WAITING, (store) => store.get(key));
      const done = await sendOne(address, one);
      if (done !== true) return done;
      await show();
    }
  };

  const later = (addresses, asked) => {
    clearTimeout(timer);
    // Full jitter: after a power cut not every tablet of a province comes back in the same second.
    const pause = Math.max(asked * 1000, SHORTEST + Math.random() * wait);
    wait = Math.min(LONGEST, wait * 2);
    timer = setTimeout(send, pause, ...addresses);
  };

  const send = async (address, telling) => {
    if (sending) return;
    sending = true;
    let left = 0;
    try {
      left = await (navigator.locks
        ? navigator.locks.request("longdan-kiosk", () => sendAll(address))
        : sendAll(address));
    } catch {
      left = 0;
    }
    sending = false;
    if (left === null) wait = SHORTEST;
    else later([address, telling], left);
    await show().catch(() => {});
    await tell(telling).catch(() => {});
  };

  return {
    async keep(one) {
      await change([WAITING], (act) => act.objectStore(WAITING).add(one));
      await show();
    },
    send,
    start(address, telling, listening) {
      listener = listening;
      window.addEventListener("online", () => { wait = SHORTEST; clearTimeout(timer); send(address, telling); });
      send(address, telling);
    },
  };
})();
