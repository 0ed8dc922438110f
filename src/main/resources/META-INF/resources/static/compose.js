// The compose form: rows are added and removed without a round trip, pasted tables become rows, the estimate follows the
// budget, and typed text is kept when the visitor leaves.
const form = document.querySelector("[data-compose]");
const body = form.querySelector("[data-examples] tbody");
const chosen = form.querySelector("[data-chosen]");
const estimate = form.querySelector("[data-estimate]");
const promptSection = form.querySelector("[data-prompt]");
const preview = promptSection.querySelector("[data-preview]");
let started = false;
let previews = 0;
let pause;

function number() {
  [...body.rows].forEach((row, index) => {
    row.querySelector("th").textContent = index + 1;
    row.querySelector("[name=input]").setAttribute("aria-label", `Input ${index + 1}`);
    row.querySelector("[name=output]").setAttribute("aria-label", `Output ${index + 1}`);
    const remove = row.querySelector("button");
    remove.value = `remove-${index}`;
    remove.setAttribute("aria-label", `Remove example ${index + 1}`);
  });
  promptSoon();
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

// Not imported from lorahub.js: the page loads that under another address, and it would run twice.
function toast(sentence, kind) {
  const line = document.createElement("div");
  line.className = `notice toast is-${kind}`;
  const text = document.createElement("div");
  text.textContent = sentence;
  line.append(text);
  document.querySelector(".toasts")?.append(line);
  setTimeout(() => line.remove(), 10_000);
}

function fill(first, examples) {
  let row = first;
  for (const [index, { input, output }] of examples.entries()) {
    if (index > 0) row = row.nextElementSibling ?? addRow();
    row.querySelector("[name=input]").value = input;
    row.querySelector("[name=output]").value = output;
  }
  promptSoon();
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
  if (event.key !== "Enter" || event.shiftKey) return;
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
  const most = Number(estimate.dataset.most);
  const budget = Number(text.trim());
  return Number.isInteger(budget) && budget >= 1 && budget <= most
    ? ""
    : `The budget is 1 to ${thousands.format(most)} evaluations.`;
}

function time(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

form.addEventListener("input", (event) => {
  if (event.target.name === "candidate") {
    chosen.textContent = form.querySelectorAll("[name=candidate]:checked").length;
    needed();
  }
  if (event.target.name === "budget") say(event.target, budgetFault(event.target.value));
  if (["budget", "candidate", "input", "output"].includes(event.target.name)) estimated();
  if (["prompt", "prompt_text", "system", "base_model", "candidate", "input", "output"].includes(event.target.name)) {
    promptSoon();
  }
});

// How the base model reads the first example, rendered by the hub. Only the last of several answers is used.
async function prompt() {
  const mine = ++previews;
  const data = typed();
  data.delete("held_out");
  const answer = await fetch("/compose/prompt", { method: "POST", body: data }).catch(() => null);
  if (!answer?.ok || mine !== previews) return;
  preview.innerHTML = await answer.text();
  const given = form.elements.prompt.value !== "" || form.elements.system.value.trim() !== "";
  promptSection.hidden = !preview.firstElementChild && !given;
}

function promptSoon() {
  clearTimeout(pause);
  pause = setTimeout(prompt, 300);
}

// More or longer examples and more candidates take longer, by the hub's measurements.
function secondsEach() {
  const cells = [...body.querySelectorAll("textarea")];
  const letters = cells.reduce((sum, cell) => sum + cell.value.length, 0);
  const { fixed, token, candidate, letter } = estimate.dataset;
  const candidates = form.querySelectorAll("[name=candidate]:checked").length;
  return Number(fixed) + Number(token) * Number(letter) * letters + Number(candidate) * candidates;
}

function estimated() {
  if (!estimate.dataset.fixed) return;
  const control = form.querySelector("[name=budget]");
  const fault = budgetFault(control.value);
  const budget = Number(control.value);
  const each = secondsEach();
  const total = time(budget * each + Number(estimate.dataset.rest));
  estimate.querySelector("[data-search]").textContent = fault ? "–" : `${budget} × ${each.toPrecision(3)} s`;
  estimate.querySelector("[data-total]").textContent = fault ? "–" : `about ${total}`;
}

// Each candidate takes memory; the hub checks whether a worker has enough when the form is sent.
function needed() {
  const place = estimate.querySelector("[data-memory]");
  if (!place) return;
  const boxes = [...form.querySelectorAll("[name=candidate]:checked")];
  const bytes = boxes.reduce((sum, box) => sum + Number(box.dataset.memory), Number(place.dataset.memory));
  place.textContent = `about ${bytes < 1e8 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`}`;
  form.querySelector("[data-too-large]")?.remove();
}

// A suggestion that takes longer than the page waits appears by itself.
const suggested = form.querySelector("[data-suggested]");
if (suggested) setTimeout(() => suggested.click(), 4000);

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

// Saves a draft only after a change: a page that was only opened must not replace an older draft.
const shown = new URLSearchParams(typed()).toString();
window.addEventListener("pagehide", () => {
  const data = typed();
  if (!started && new URLSearchParams(data).toString() !== shown) navigator.sendBeacon("/compose/draft", data);
});
