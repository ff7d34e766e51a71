// The outcome form: recounts what the rule asks while items are ticked. The server judges; this only counts.
const panel = document.querySelector('[data-module="p-rule"]');
const boxes = [...document.querySelectorAll('input[name="evidence"]')];

function recount() {
  const kept = boxes.filter((box) => box.checked);
  const primaFacie = kept.filter((box) => box.dataset.class === "prima_facie");
  const counts = {
    proof: kept.filter((box) => box.dataset.class === "proof").length,
    prima_facie: primaFacie.length,
    beyond_word: primaFacie.filter((box) => !("word" in box.dataset)).length,
  };
  for (const [name, count] of Object.entries(counts)) {
    panel.querySelector(`[data-count="${name}"]`).textContent = String(count);
  }
}

if (panel) {
  boxes.forEach((box) => box.addEventListener("change", recount));
}

// What was typed and not signed is not lost by a click on the menu.
const form = document.querySelector("[data-unsaved]");
const unsaved = new AbortController();
form.addEventListener("input", () => {
  addEventListener("beforeunload", (event) => event.preventDefault(), { signal: unsaved.signal });
}, { once: true });
form.addEventListener("submit", () => unsaved.abort());
