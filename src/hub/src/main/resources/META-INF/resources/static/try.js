// Models that are tried: the base model and the model answer side by side, as they are written.
const TOKENS = 128; // as in TryPage
const PAUSE = 300; // ms of rest before weights that were moved are tried

/** The values of a stream of server-sent events, of which each is one line. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n\n");
    rest = lines.pop();
    for (const line of lines) yield line.replace(/^data: /, "");
  }
}

/** Shows what an answer says about the limits. */
function count(left, headers) {
  for (const [place, name] of [["requests", "requests-day"], ["tokens", "tokens"]]) {
    const number = headers.get("x-ratelimit-remaining-" + name);
    if (left && number !== null) left.querySelector(`[data-${place}]`).textContent = Number(number).toLocaleString("en");
  }
}

/** Has a model write, into an element. */
async function write(element, model, input, chat, signal, left) {
  const answer = await fetch(chat ? "/v1/chat/completions" : "/v1/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      model,
      ...(chat ? { messages: [{ role: "user", content: input }] } : { prompt: input }),
      max_tokens: TOKENS,
      temperature: 0,
      stream: true,
    }),
    signal,
  });
  count(left, answer.headers);
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error?.message ?? "The hub rejected this.");
  for await (const data of events(answer.body)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new Error(chunk.error.message);
    for (const choice of chunk.choices) {
      element.append(choice.text ?? choice.delta?.content ?? "");
      if (choice.finish_reason === "length") element.append("…");
    }
  }
  throw new Error("The connection ended before the answer did. Run it again.");
}

class Box {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("[data-run]");
    this.answers = form.querySelector("[data-answers]");
    this.rows = [...form.querySelectorAll("[data-model]")];
    this.left = form.querySelector("[data-left]");
    this.share = form.parentElement.querySelector("[data-share]");
    this.model = this.rows.at(-1).dataset.model;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const example = event.submitter?.name === "example";
      if (example) this.input.value = event.submitter.value;
      if (this.running && !example) this.running.abort();
      else this.run();
    });
    // the second click of two would stop what the first began
    this.button.addEventListener("click", (event) => {
      if (event.detail > 1) event.preventDefault();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.run();
    });
    form.addEventListener("input", () => this.link());
    const parts = form.querySelector("[data-parts]");
    if (parts) this.weigh(parts);
    // who opens a link wants to see what it says
    if (location.search && location.pathname === "/try" && this.input.value) this.run();
  }

  get input() {
    return this.form.elements.input;
  }

  async run() {
    this.answers.querySelectorAll(".field-error").forEach((fault) => fault.remove());
    if (!this.input.value) {
      this.input.focus();
      return;
    }
    this.running?.abort();
    const own = new AbortController();
    this.running = own;
    this.button.textContent = "Stop";
    this.answers.setAttribute("aria-busy", "true");
    this.link();
    const chat = this.form.elements.chat?.checked ?? false;
    const faults = await Promise.all(
      this.rows.map((row, i) => {
        row.textContent = "";
        const model = i === this.rows.length - 1 ? this.model : row.dataset.model;
        return write(row, model, this.input.value, chat, own.signal, this.left).catch((fault) => fault);
      }),
    );
    if (this.running !== own) return;
    this.running = null;
    this.button.textContent = "Run";
    this.answers.removeAttribute("aria-busy");
    const fault = faults.find((one) => one && one.name !== "AbortError");
    if (fault) this.fail(fault.message);
  }

  fail(message) {
    const fault = document.createElement("p");
    fault.className = "field-error";
    fault.textContent = message;
    this.answers.prepend(fault);
  }

  /** What was typed and moved is in the address that can be shared. */
  link() {
    const plain = this.form.elements.chat?.checked === false ? { chat: false } : {};
    const address = "/try?" + new URLSearchParams({ model: this.model, input: this.input.value, ...plain });
    this.share.href = address;
    const typed = document.querySelector("[data-typed]");
    if (typed) typed.value = this.input.value;
    if (location.pathname === "/try") history.replaceState(null, "", address);
  }

  weigh(parts) {
    parts.hidden = false;
    const all = [...parts.querySelectorAll("[data-part]")].map((part) => {
      const [whole, ...thirds] = [...part.querySelectorAll(".slider")].map((row) => row.querySelectorAll("input"));
      const set = (inputs, value) => inputs.forEach((input) => (input.value = value));
      const moved = (inputs, then) =>
        inputs.forEach((input) =>
          input.addEventListener("input", () => {
            if (!input.validity.valid || input.value === "") return;
            set(inputs, input.value);
            then(input.value);
            this.reweigh(all);
          }),
        );
      moved(whole, (value) => thirds.forEach((third) => set(third, value)));
      thirds.forEach((third) => moved(third, () => {}));
      return { address: part.dataset.part, thirds };
    });
  }

  reweigh(all) {
    this.model = all
      .map(({ address, thirds }) => {
        const weights = thirds.map(([, number]) => Number(number.value));
        return address + ":" + (weights.every((weight) => weight === weights[0]) ? weights[0] : weights.join("/"));
      })
      .join("+");
    this.form.elements.model.value = this.model;
    const chosen = document.getElementById("try-model");
    if (chosen) chosen.value = this.model;
    this.link();
    clearTimeout(this.timer);
    if (this.input.value) this.timer = setTimeout(() => this.run(), PAUSE);
  }
}

document.querySelectorAll("[data-try]").forEach((form) => new Box(form));
