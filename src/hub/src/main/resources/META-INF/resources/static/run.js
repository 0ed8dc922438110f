// The live run page: draws the chart and applies what the server sends.
const page = document.querySelector("[data-run]");
const plot = page.querySelector("[data-chart]");
const live = page.querySelector("[data-live]");
const sentence = page.querySelector("[data-sentence]");
const state = document.querySelector("[data-state-of-run]");
const points = JSON.parse(plot.dataset.chart);
const HEIGHT = 300; // px
const WHOLE = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000]; // steps between labels; there is no half evaluation
const SPOKEN = 5000; // ms between two sentences that are read aloud
const FIRST_WAIT = 3000; // ms until the stream is reopened if the browser has given up
const LONGEST_WAIT = 30_000;
const SILENCE = 40_000; // ms; the server sends a keep-alive every 15 seconds
const connection = document.querySelector("[data-connection]");
let wait = FIRST_WAIT;
let again; // the timer that opens the stream again
let reopen = () => {}; // does nothing when there is no stream
let chart;
let colours;
let spokenAt = 0;

function resolved(name) {
  const probe = document.createElement("span");
  probe.className = `colour-${name}`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function resolveColours() {
  colours = { accent: resolved("accent"), soft: resolved("text-soft"), line: resolved("line") };
}

// A canvas keeps the colours that it was drawn in.
function repaint() {
  if (!chart) return;
  resolveColours();
  chart.redraw();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });

function columns() {
  let best = Infinity;
  let spent = 0;
  const places = [];
  const objectives = [];
  const bests = [];
  for (const [, objective, cost] of points) {
    best = Math.min(best, objective);
    places.push(spent + (cost + 1) / 2); // in the middle of what it took of the budget
    spent += cost;
    objectives.push(objective);
    bests.push(best);
  }
  return [places, objectives, bests];
}

// Without the padding: a drawing as wide as the box would reach beyond it and be cut off.
function width() {
  const { paddingLeft, paddingRight } = getComputedStyle(plot);
  return plot.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}

// As the page writes them: three digits, a real minus sign.
const figures = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, useGrouping: false });
const figure = (value) => figures.format(value).replace("-", "\u2212");

// Says beside the line under the pointer what it stands for.
function readout() {
  const box = document.createElement("p");
  box.className = "chart-value";
  box.hidden = true;
  return {
    hooks: {
      ready: (drawn) => drawn.over.append(box),
      setCursor: (drawn) => {
        const { idx, left } = drawn.cursor;
        const point = left >= 0 ? points[idx] : undefined;
        box.hidden = !point;
        if (!point) return;
        box.textContent = `Point ${point[0]}: ${figure(point[1])}, best so far ${figure(drawn.data[2][idx])}`;
        const at = drawn.valToPos(drawn.data[0][idx], "x");
        const beyond = at > drawn.over.clientWidth / 2;
        box.classList.toggle("is-before", beyond);
        box.style.left = `${at}px`;
      },
    },
  };
}

async function draw() {
  const { default: UPlot } = await import(page.dataset.uplot);
  resolveColours();
  const accent = () => colours.accent;
  const soft = () => colours.soft;
  const line = () => colours.line;
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: soft, font, labelFont: font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  plot.replaceChildren();
  plot.classList.add("is-drawn");
  chart = new UPlot(
    {
      width: width(),
      height: HEIGHT,
      plugins: [readout()],
      legend: { show: false },
      cursor: { y: false },
      scales: { x: { time: false, range: [0.5, Number(page.dataset.budget) + 0.5] }, y: { distr: 3 } },
      axes: [{ ...axis, incrs: WHOLE, label: "evaluations", labelSize: 18, size: 30 }, { ...axis, size: 56 }],
      series: [
        {},
        { stroke: soft, width: 0, points: { show: true, size: 6, stroke: soft, fill: "transparent" }, paths: () => null },
        { stroke: accent, width: 2, paths: UPlot.paths.stepped({ align: 1 }), points: { show: false } },
      ],
    },
    columns(),
    plot,
  );
  new ResizeObserver(() => chart.setSize({ width: width(), height: HEIGHT })).observe(plot.parentElement);
}

function drawOnce() {
  if (plot.classList.contains("is-drawn")) return;
  draw().catch(() => {}); // the server's drawing stays
}

function key(part) {
  return part.getAttribute("action") ?? part.getAttribute("href");
}

// Unchanged elements stay in place, so that they keep the focus and open dialogs.
function renew(place, fresh) {
  const focused = place.contains(document.activeElement);
  const wanted = [...fresh.children];
  for (const old of [...place.children]) if (!wanted.some((part) => key(part) === key(old))) old.remove();
  let at = place.firstElementChild;
  for (const part of wanted) {
    if (at && key(at) === key(part)) at = at.nextElementSibling;
    else place.insertBefore(part, at);
  }
  if (focused && !place.contains(document.activeElement)) place.querySelector("button, a").focus();
}

function renewHead(fresh) {
  const before = state.textContent.trim();
  state.replaceChildren(...fresh.querySelector("[data-state-of-run]").childNodes);
  for (const name of ["[data-actions]", "[data-ownership]"]) {
    const place = document.querySelector(name);
    if (place) renew(place, fresh.querySelector(name));
  }
  if (state.textContent.trim() === before) return;
  sentence.textContent = fresh.querySelector("[data-sentence]").textContent;
  spokenAt = Date.now();
}

// By then the page may be out of date, so it must not keep saying "Running".
function lost() {
  if (!connection.hidden) return;
  connection.hidden = false;
  state.hidden = true;
  live.classList.add("is-stale");
  sentence.textContent = "Connection lost. Reconnecting; what you see may be out of date.";
}

function connected() {
  wait = FIRST_WAIT;
  if (connection.hidden) return;
  connection.hidden = true;
  state.hidden = false;
  live.classList.remove("is-stale");
  sentence.textContent = "Connected again.";
}

// A form that cannot be sent would lead to the browser's error page.
async function isReachable() {
  try {
    await fetch("/static/favicon.svg", { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !form.closest("[data-actions], [data-ownership]")) return;
  event.preventDefault();
  if (await isReachable()) return form.submit();
  reopen(); // the stream may live on and would never say that it is connected
  const sentence = "The hub can't be reached, so nothing was sent. Try again when the page is connected.";
  document.dispatchEvent(new CustomEvent("lorahub:toast", { detail: { sentence, kind: "danger" } }));
});

function watch() {
  clearTimeout(again);
  const last = points.length === 0 ? 0 : points[points.length - 1][0];
  const source = new EventSource(`/runs/${page.dataset.run}/events?after=${last}`);
  let silence;
  const retry = () => {
    clearTimeout(silence);
    again = setTimeout(watch, wait);
    wait = Math.min(LONGEST_WAIT, 2 * wait);
  };
  const close = () => {
    clearTimeout(silence);
    source.close();
    reopen = () => {};
  };
  reopen = () => {
    close();
    lost();
    watch();
  };
  // The browser doesn't notice a hanging server or a lost network.
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      source.close();
      lost();
      retry();
    }, SILENCE);
  };
  heard();
  for (const name of ["open", "beat", "evaluations", "head", "live"]) source.addEventListener(name, heard);
  source.addEventListener("open", connected);
  source.addEventListener("error", () => {
    lost();
    if (source.readyState === EventSource.CLOSED) retry(); // otherwise the browser retries by itself
  });
  source.addEventListener("evaluations", (event) => {
    for (const point of JSON.parse(event.data)) {
      while (points.length > 0 && points[points.length - 1][0] >= point[0]) points.pop(); // made anew
      points.push(point);
    }
    if (chart) chart.setData(columns());
    else if (points.length > 1) drawOnce();
  });
  source.addEventListener("head", (event) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = event.data;
    renewHead(fresh.content);
  });
  source.addEventListener("live", (event) => {
    document.dispatchEvent(new CustomEvent("lorahub:renew", { detail: { part: live, html: event.data } }));
    const now = Date.now();
    if (now - spokenAt < SPOKEN) return;
    spokenAt = now;
    const progress = live.querySelector("progress");
    sentence.textContent = `${progress.textContent}.`;
  });
  source.addEventListener("end", close);
  source.addEventListener("gone", (event) => {
    close();
    document.querySelector("[data-actions]").replaceChildren();
    document.querySelector("[data-ownership]")?.remove();
    const said = document.createElement("div");
    said.innerHTML = event.data;
    page.prepend(said);
    sentence.textContent = said.querySelector("strong").textContent;
  });
}

if (points.length > 1 || page.dataset.state === "running" || page.dataset.state === "queued") {
  drawOnce();
}
// A failed run can be resumed on another page.
if (!["succeeded", "cancelled"].includes(page.dataset.state)) watch();
