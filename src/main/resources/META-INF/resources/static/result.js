// The playground of a result: sliders beside the number fields, which are what the form sends.
const PAUSE = 300; // ms of rest before weights that were moved are tried
const form = document.querySelector("[data-tryout]");
let timer;

function trySoon() {
  clearTimeout(timer);
  timer = setTimeout(() => form.dispatchEvent(new CustomEvent("weights")), PAUSE);
}

for (const row of form.querySelectorAll("[data-slider]")) {
  const [range, number] = row.querySelectorAll("input");
  range.hidden = false;
  range.addEventListener("input", () => {
    number.value = Number(range.value).toFixed(2);
    trySoon();
  });
  number.addEventListener("input", () => {
    if (number.validity.valid && number.value !== "") {
      range.value = number.value;
      trySoon();
    }
  });
}

// Enter sends, as in a field of one line; with shift it breaks the line.
form.querySelector("[name=input]").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
