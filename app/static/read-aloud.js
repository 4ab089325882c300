// A button at each question that reads it and its answers out, where the browser has a voice for the
// language. Pages are whole without it; it asks nothing of any server.
(() => {
  "use strict";
  const { read, stop, none } = document.currentScript.dataset;
  const speech = window.speechSynthesis;
  let speaking = null;

  // Said once, and taken back when a voice turns up.
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");
  document.querySelector("form").before(note);
  if (!speech || !window.SpeechSynthesisUtterance) {
    note.textContent = none;
    return;
  }

  const languageOf = (element) => element.closest("[lang]").lang || "vi";
  const voiceFor = (language) =>
    speech.getVoices().find((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language.split("-")[0]);

  const textOf = (question) => {
    const parts = [...question.querySelectorAll("legend, .q > label, .hint, .error, label > span")];
    return parts.map((part) => part.textContent.trim()).filter(Boolean).join(". ");
  };

  const quiet = () => {
    speech.cancel();
    if (speaking) { speaking.textContent = read; speaking.setAttribute("aria-pressed", "false"); }
    speaking = null;
  };

  const press = (button, question, language) => {
    const again = speaking === button;
    quiet();
    if (again) return;
    const said = new SpeechSynthesisUtterance(textOf(question));
    said.lang = language;
    said.voice = voiceFor(language);
    said.rate = 0.9;
    said.onend = said.onerror = () => { if (speaking === button) quiet(); };
    speaking = button;
    button.textContent = stop;
    button.setAttribute("aria-pressed", "true");
    speech.speak(said);
  };

  const offer = () => {
    for (const question of document.querySelectorAll(".q")) {
      if (question.querySelector(".aloud")) continue;
      const title = question.querySelector("legend, label");
      const language = title && languageOf(title);
      if (!language || !voiceFor(language)) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "aloud";
      button.textContent = read;
      button.setAttribute("aria-pressed", "false");
      title.id ||= `${question.querySelector("input, textarea").id}-title`;
      button.setAttribute("aria-describedby", title.id);
      button.addEventListener("click", () => press(button, question, language));
      title.after(button);
    }
    note.textContent = document.querySelector(".aloud") ? "" : none;
  };

  offer();
  // Most browsers learn of their voices a moment later.
  speech.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", quiet);
})();
