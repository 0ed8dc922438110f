// The compose form: rows are added and removed without a round trip, pasted tables become rows, the estimate follows the
// form, and typed text is kept when the visitor leaves.
const form = document.querySelector("[data-compose]");
const body = form.querySelector("[data-examples] tbody");
const chosen = form.querySelector("[data-chosen]");
const estimate = form.querySelector("[data-estimate]");
const promptSection = form.querySelector("[data-prompt]");
const prompt = promptSection.querySelector("[data-preview]");
// Fields on which the estimate, the prompt, or what is wrong with the form depends.
const settings = [...form.querySelectorAll("#settings [name]")].map((field) => field.name);
const previewed = new Set(["base_model", "input", "output", "held_out", "prompt", "prompt_text", "system", "candidate", "budget",
  ...settings.filter((name) => !["seed", "known", "do"].includes(name))]);
let started = false;
let previews = 0;
let pause;

function number() {
  [...body.rows].forEach((row, index) => {
    row.querySelector("th").textContent = index + 1;
    row.querySelector("[name=input]").setAttribute("aria-label", `Input ${index + 1}`);
    const output = row.querySelector("[name=output]");
    output.setAttribute("aria-label", `Output ${index + 1}`);
    output.id = `output-${index + 1}`;
    const remove = row.querySelector("button");
    remove.value = `remove-${index}`;
    remove.setAttribute("aria-label", `Remove example ${index + 1}`);
  });
  previewSoon();
}

function addRow() {
  const row = body.rows[body.rows.length - 1].cloneNode(true);
  for (const cell of row.querySelectorAll("textarea")) cell.value = "";
  body.append(row);
  number();
  return row;
}

form.querySelector("[data-add]").addEventListener("click", (event) => {
  event.preventDefault();
  addRow().querySelector("textarea").focus();
});

body.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("tr");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (next) row.remove();
  else for (const cell of row.querySelectorAll("textarea")) cell.value = "";
  number();
  (next ?? row).querySelector("textarea").focus();
});

// lorahub.js shows it.
function toast(sentence, kind) {
  document.dispatchEvent(new CustomEvent("lorahub:toast", { detail: { sentence, kind } }));
}

function fill(first, examples) {
  let row = first;
  for (const [index, { input, output }] of examples.entries()) {
    if (index > 0) row = row.nextElementSibling ?? addRow();
    row.querySelector("[name=input]").value = input;
    row.querySelector("[name=output]").value = output;
  }
  previewSoon();
}

// A table from a spreadsheet, pasted into a cell, fills the following rows; the hub parses it like all pasted
// rows.
body.addEventListener("paste", async (event) => {
  const text = event.clipboardData.getData("text");
  if (!text.includes("\t")) return;
  event.preventDefault();
  const cell = event.target;
  try {
    const answer = await fetch("/compose/rows", { method: "POST", body: new URLSearchParams({ pasted: text }) });
    const { examples, notes, faults } = await answer.json();
    if (examples.length === 0) throw new Error(faults.join(" "));
    fill(cell.closest("tr"), examples);
    if (faults.length > 0) toast(`Some rows were left out. ${faults.join(" ")}`, "warn");
    if (notes.length > 0) toast(notes.join(" "), "ok");
  } catch (error) {
    cell.setRangeText(text, cell.selectionStart, cell.selectionEnd, "end");
    toast(`We couldn't split this into rows, so it was pasted into one cell. ${error.message}`, "warn");
  }
});

// Enter moves to the next cell; with shift it breaks the line.
body.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
  event.preventDefault();
  const cells = [...body.querySelectorAll("textarea")];
  const next = cells[cells.indexOf(event.target) + 1] ?? addRow().querySelector("textarea");
  next.focus();
});

// Enter in these fields presses the button beside them instead of the form's first one.
for (const field of form.querySelectorAll("[data-default]")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector(`button[value=${field.dataset.default}]`).click();
  });
}

// Shows an error beside its field, as the server does; removes it if there is no text.
function say(control, sentence) {
  const place = control.closest(".field, .file-line");
  place.querySelector(".field-error")?.remove();
  place.classList.toggle("is-wrong", sentence !== "");
  if (sentence === "") return control.removeAttribute("aria-invalid");
  const line = form.querySelector("[data-fault]").content.firstElementChild.cloneNode(true);
  line.querySelector("span").textContent = sentence;
  control.setAttribute("aria-invalid", "true");
  place.append(line);
}

const thousands = new Intl.NumberFormat("en");

function fileFault(control) {
  const size = control.files[0]?.size ?? 0;
  const largest = Number(form.dataset.largest);
  return size > largest
    ? `This file has ${thousands.format(size)} bytes; the limit is ${thousands.format(largest)}. Choose a part of it.`
    : "";
}

for (const control of form.querySelectorAll("[type=file]")) {
  control.addEventListener("change", () => say(control, fileFault(control)));
}

function budgetFault(text) {
  const most = Number(form.dataset.budget);
  const budget = Number(text.trim());
  return Number.isInteger(budget) && budget >= 1 && budget <= most
    ? ""
    : `The budget is 1 to ${thousands.format(most)} evaluations.`;
}

form.addEventListener("input", (event) => {
  if (event.target.name === "candidate") chosen.textContent = form.querySelectorAll("[name=candidate]:checked").length;
  if (event.target.name === "budget") say(event.target, budgetFault(event.target.value));
  if (previewed.has(event.target.name)) previewSoon();
});

// The hub computes the estimate and renders how the base model reads the first example. Only the last of several answers is
// used.
async function preview() {
  const mine = ++previews;
  const answer = await fetch("/compose/preview", { method: "POST", body: typed() }).catch(() => null);
  if (!answer?.ok || mine !== previews) return;
  const parts = document.createElement("template");
  parts.innerHTML = await answer.text();
  for (const place of [estimate, prompt]) {
    const name = place === prompt ? "[data-preview]" : "[data-estimate]";
    place.replaceChildren(...parts.content.querySelector(name).childNodes);
  }
  const given = form.elements.prompt.value !== "" || form.elements.system.value.trim() !== "";
  promptSection.hidden = !prompt.firstElementChild && !given;
}

function previewSoon() {
  clearTimeout(pause);
  pause = setTimeout(preview, 300);
}

// A suggestion that takes longer than the page waits appears by itself.
const suggested = form.querySelector("[data-suggested]");
function showSuggested() {
  if (form.querySelector("input:focus, textarea:focus, select:focus")) setTimeout(showSuggested, 4000); // in use
  else suggested.click();
}
if (suggested) setTimeout(showSuggested, 4000);

// A file that is too large is not sent, because the typed text would be lost with it.
form.addEventListener("submit", (event) => {
  const wrong = [...form.querySelectorAll("[type=file]")].find((control) => fileFault(control) !== "");
  if (wrong) {
    event.preventDefault();
    say(wrong, fileFault(wrong));
    wrong.closest("details")?.setAttribute("open", "");
    wrong.focus();
  } else started = true;
});

function typed() {
  const data = new FormData(form);
  data.delete("file");
  data.delete("held_out_file");
  return data;
}

// Saves a draft only after a change: a page that was only opened must not replace an older draft. While typing too, because
// a page that is loaded again is answered before what its predecessor sends at its end has arrived.
let saved = new URLSearchParams(typed()).toString();
function save() {
  const data = typed();
  const text = new URLSearchParams(data).toString();
  if (started || text === saved) return;
  saved = text;
  navigator.sendBeacon("/compose/draft", data);
}
window.addEventListener("pagehide", save);
window.addEventListener("pageshow", () => {
  started = false; // going back in history shows the page as it was left
});
let saving;
form.addEventListener("input", () => {
  clearTimeout(saving);
  saving = setTimeout(save, 1000);
});
