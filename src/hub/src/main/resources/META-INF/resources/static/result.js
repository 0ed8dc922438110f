// The playground of a result: sliders beside the number fields, which are what the form sends.
const PAUSE = 300; // ms of rest before weights that were moved are tried
const form = document.querySelector("[data-playground]");
let timer;
let sent = false;

function trySoon() {
  clearTimeout(timer);
  timer = setTimeout(() => form.dispatchEvent(new CustomEvent("weights")), PAUSE);
}

// An error below is about the form as it was sent.
form.addEventListener("input", () => form.querySelector("#tried [data-failure]")?.remove());

// After a press of the button, the answer must be in view, wherever the button was.
form.addEventListener("submit", () => (sent = true));
form.addEventListener("htmx:afterSettle", () => {
  const tried = form.querySelector("#tried");
  if (!sent || tried.hasAttribute("hx-get")) return; // it waits for its answer
  sent = false;
  tried.scrollIntoView({ block: "nearest" });
});

// The browser can't show its message at a field that is folded away.
form.addEventListener("invalid", (event) => open(event.target.closest("details")), true);

function open(details) {
  if (!details) return;
  details.open = true;
  open(details.parentElement.closest("details"));
}

class Slider {
  constructor(row) {
    [this.range, this.number] = row.querySelectorAll("input");
    this.outside = row.querySelector("[data-outside]");
    this.range.hidden = false;
    this.number.hidden = false;
    this.range.addEventListener("input", () => {
      this.weight = Number(this.range.value);
      this.moved();
    });
    this.number.addEventListener("input", () => {
      this.mark(!this.number.validity.valid);
      if (this.number.value === "") return;
      this.range.value = this.number.value; // which stops at its bounds
      if (this.number.validity.valid) this.moved();
    });
  }

  /** Called when the user has changed the weight to another valid one. */
  moved() {
    trySoon();
  }

  get weight() {
    return Number(this.number.value);
  }

  set weight(weight) {
    const bounded = Math.min(this.range.max, Math.max(this.range.min, weight));
    this.number.value = (Math.round(100 * bounded) / 100 || 0).toFixed(2); // 0 instead of -0
    this.range.value = this.number.value;
    this.mark(false);
  }

  mark(wrong) {
    this.outside.hidden = !wrong;
    if (wrong) {
      this.number.setAttribute("aria-invalid", "true");
      this.number.setAttribute("aria-describedby", this.outside.id);
    } else {
      this.number.removeAttribute("aria-invalid");
      this.number.removeAttribute("aria-describedby");
    }
  }
}

/** One slider moves the weights of an adapter in all layer groups and keeps their proportions, while any of them isn't 0. */
function join(adapter) {
  const [all, ...each] = [...adapter.querySelectorAll("[data-slider]")].map((row) => new Slider(row));
  const shown = adapter.querySelectorAll("[data-shown]");
  let proportions = each.map(() => 1);

  function learn() {
    const weights = each.map((slider) => slider.weight);
    const farthest = weights.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    if (farthest !== 0) proportions = weights.map((weight) => weight / farthest);
    return farthest;
  }

  function show() {
    each.forEach(({ weight }, i) => {
      const size = Math.abs(weight).toFixed(2);
      shown[i].textContent = weight === 0 ? size : (weight > 0 ? "+" : "−") + size;
    });
    trySoon();
  }

  all.moved = () => {
    each.forEach((slider, i) => (slider.weight = all.weight * proportions[i]));
    show();
  };
  each.forEach((slider) => {
    slider.moved = () => {
      all.weight = learn();
      show();
    };
  });
  learn();
}

form.querySelectorAll("[data-sliders]").forEach(join);
form.querySelectorAll("[data-slider]").forEach((row) => row.closest("[data-sliders]") ?? new Slider(row));
form.querySelectorAll("[data-scripted]").forEach((hint) => (hint.hidden = false));

// Without scripts, the page is loaded again.
document.querySelector("[data-reset]")?.addEventListener("click", (event) => {
  event.preventDefault();
  for (const number of form.querySelectorAll("[data-slider] input[type=number]")) {
    number.value = number.defaultValue;
    number.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Enter sends, as in a field of one line; with shift it breaks the line.
form.querySelector("[name=input]").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
