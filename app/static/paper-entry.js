// Entering forms without leaving the number keys: a digit chooses the answer that shows it and goes on
// to the next question. Without this file the same form works with Tab, arrows and space.
(() => {
  "use strict";
  const form = document.getElementById("paper-form");
  if (!form) return;
  const questions = [...form.querySelectorAll(".paper-q")];
  const firstOf = (question) => question.querySelector("input:checked, input, textarea, select");

  const goOn = (question) => {
    const after = questions[questions.indexOf(question) + 1];
    const target = after ? firstOf(after) : form.querySelector("button.btn-primary");
    target.focus();
    target.scrollIntoView({ block: "center" });
  };

  form.addEventListener("keydown", (event) => {
    const question = event.target.closest(".paper-q");
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!question || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.target.tagName !== "TEXTAREA") {
      event.preventDefault();
      goOn(question);
      return;
    }
    if (!/^[0-9]$/.test(event.key) || !["radio", "checkbox"].includes(event.target.type)) return;
    const chosen = question.querySelector(`input[data-key="${event.key}"]`);
    if (!chosen) return;
    event.preventDefault();
    if (chosen.type === "checkbox") {
      chosen.checked = !chosen.checked;
      chosen.focus();
    } else {
      chosen.checked = true;
      goOn(question);
    }
  });
  const wrong = form.querySelector(".is-wrong");
  if (!document.getElementById("errors")) firstOf(wrong || form.querySelector("fieldset.paper-q") || questions[0])?.focus();
})();
