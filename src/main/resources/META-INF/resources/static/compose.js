// The form that composes: rows come and go without a round trip, pasted tables become rows, the estimate follows the
// budget, and what was typed is kept when one leaves.
const form = document.querySelector("[data-compose]");
const body = form.querySelector("[data-examples] tbody");
const chosen = form.querySelector("[data-chosen]");
const estimate = form.querySelector("[data-estimate]");
let started = false;

function number() {
  [...body.rows].forEach((row, index) => {
    row.querySelector("th").textContent = index + 1;
    row.querySelector("[name=input]").setAttribute("aria-label", `Input ${index + 1}`);
    row.querySelector("[name=output]").setAttribute("aria-label", `Output ${index + 1}`);
    const remove = row.querySelector("button");
    remove.value = `remove-${index}`;
    remove.setAttribute("aria-label", `Remove example ${index + 1}`);
  });
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

// A table from a spreadsheet, pasted into a cell, fills the rows from there on.
body.addEventListener("paste", (event) => {
  const lines = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n");
  if (!lines[0].includes("\t") || lines.some((line) => line.split("\t").length !== 2)) return;
  event.preventDefault();
  let row = event.target.closest("tr");
  for (const line of lines) {
    const [input, output] = line.split("\t");
    row.querySelector("[name=input]").value = input;
    row.querySelector("[name=output]").value = output;
    row = row.nextElementSibling ?? addRow();
  }
});

// Enter goes on to the next cell; with shift it breaks the line.
body.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  const cells = [...body.querySelectorAll("textarea")];
  const next = cells[cells.indexOf(event.target) + 1] ?? addRow().querySelector("textarea");
  next.focus();
});

// Enter in these fields presses the button beside them, not the first of the form.
for (const field of form.querySelectorAll("[data-default]")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector(`button[value=${field.dataset.default}]`).click();
  });
}

function time(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

form.addEventListener("input", (event) => {
  if (event.target.name === "candidate") {
    chosen.textContent = form.querySelectorAll("[name=candidate]:checked").length;
  }
  if (event.target.name === "budget" && estimate.dataset.each) {
    const budget = Number.parseInt(event.target.value, 10);
    if (!(budget > 0)) return;
    const each = Number(estimate.dataset.each);
    estimate.querySelector("[data-search]").textContent = `${budget} × ${each.toPrecision(3)} s`;
    estimate.querySelector("[data-total]").textContent = `about ${time(budget * each + Number(estimate.dataset.rest))}`;
  }
});

// A suggestion that takes longer than a page waits for comes by itself.
const suggested = form.querySelector("[data-suggested]");
if (suggested) setTimeout(() => suggested.click(), 4000);

form.addEventListener("submit", () => {
  started = true;
});

function typed() {
  const data = new FormData(form);
  data.delete("file");
  data.delete("held_out_file");
  return data;
}

// Only who has changed something has typed a draft: a page that was but opened must not take the place of an older one.
const shown = new URLSearchParams(typed()).toString();
window.addEventListener("pagehide", () => {
  const data = typed();
  if (!started && new URLSearchParams(data).toString() !== shown) navigator.sendBeacon("/compose/draft", data);
});
