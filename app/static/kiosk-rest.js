// A tablet that has nothing to ask at the moment: it goes on sending what it holds and telling what was
// refused, and looks every few minutes whether there is something to answer again.
"use strict";

(() => {
  const AGAIN = 5 * 60 * 1000;
  const status = document.getElementById("waiting");
  const { send, tell, waiting: inQueue, refused: aside } = status.dataset;
  kioskQueue.start(send, tell, ({ waiting, refused }) => {
    const said = [];
    if (waiting) said.push(`${waiting} ${inQueue}`);
    if (refused) said.push(`${refused} ${aside}`);
    status.textContent = said.join(" · ");
  });
  setTimeout(() => location.reload(), AGAIN);
})();
