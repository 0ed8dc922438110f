// The playground of a result: sliders beside the number fields, which are what the form sends.
const PAUSE = 300; // ms of rest before weights that were moved are tried
const form = document.querySelector("[data-playground]");
let timer;

function trySoon() {
  clearTimeout(timer);
  timer = setTimeout(() => form.dispatchEvent(new CustomEvent("weights")), PAUSE);
}

// An error below is about the form as it was sent.
form.addEventListener("input", () => form.querySelector("#tried [data-failure]")?.remove());

for (const row of form.querySelectorAll("[data-slider]")) {
  const [range, number] = row.querySelectorAll("input");
  range.hidden = false;
  range.addEventListener("input", () => {
    number.value = Number(range.value).toFixed(2);
    number.removeAttribute("aria-invalid");
    row.querySelector("[data-outside]").hidden = true;
    trySoon();
  });
  const outside = row.querySelector("[data-outside]");
  number.addEventListener("input", () => {
    const wrong = !number.validity.valid;
    outside.hidden = !wrong;
    number.removeAttribute("aria-invalid");
    if (wrong) {
      number.setAttribute("aria-invalid", "true");
      number.setAttribute("aria-describedby", outside.id);
    } else number.removeAttribute("aria-describedby");
    if (number.value === "") return;
    range.value = number.value; // which stops at its bounds
    if (!wrong) trySoon();
  });
}

// Enter sends, as in a field of one line; with shift it breaks the line.
form.querySelector("[name=input]").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
