// The live run page: applies what the server sends, and hands its points to the chart.
const page = document.querySelector("[data-run]");
const plot = page.querySelector("[data-chart]");
const live = page.querySelector("[data-live]");
const sentence = page.querySelector("[data-sentence]");
const state = document.querySelector("[data-state-of-run]");
const points = evaluated(JSON.parse(plot.dataset.chart).series[0].points);
const SPOKEN = 5000; // ms between two sentences that are read aloud
const FIRST_WAIT = 3000; // ms until the stream is reopened if the browser has given up
const LONGEST_WAIT = 30_000;
const SILENCE = 40_000; // ms; the server sends a keep-alive every 15 seconds
const connection = document.querySelector("[data-connection]");
let wait = FIRST_WAIT;
let again; // the timer that opens the stream again
let reopen = () => {}; // does nothing when there is no stream
let spokenAt = 0;

/** Number, objective and cost of each point, from its place in the middle of what it took of the budget. */
function evaluated(places) {
  let spent = 0;
  return places.map(([place, objective], i) => {
    const cost = 2 * (place - spent) - 1;
    spent += cost;
    return [i + 1, objective, cost];
  });
}

function draw() {
  let best = Infinity;
  let spent = 0;
  const all = [];
  const bests = [];
  for (const [, objective, cost] of points) {
    const place = spent + (cost + 1) / 2;
    spent += cost;
    all.push([place, objective]);
    if (objective < best) bests.push([place, (best = objective)]);
  }
  const [dots, steps] = JSON.parse(plot.dataset.chart).series;
  const detail = { todo: spent + 0.5, series: [{ ...dots, points: all }, { ...steps, points: bests }] };
  plot.dispatchEvent(new CustomEvent("lorahub:chart", { detail }));
}

function key(part) {
  const shared = part.querySelector("[name=shared]")?.value ?? ""; // one address to share and to stop sharing
  return (part.getAttribute("action") ?? part.getAttribute("href")) + shared;
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
  if (form.dataset.asking !== undefined) return; // a second click
  form.dataset.asking = "";
  if (await isReachable()) return form.submit();
  delete form.dataset.asking;
  reopen(); // the stream may live on and would never say that it is connected
  const sentence = "The hub can't be reached, so nothing was sent. Try again when the page is connected.";
  document.dispatchEvent(new CustomEvent("lorahub:toast", { detail: { sentence, kind: "danger" } }));
});

// A stream that was not open at that time is refused, and the browser does not tell why.
async function isDeleted() {
  try {
    const { status } = await fetch(`/runs/${page.dataset.run}`, { method: "HEAD", cache: "no-store" });
    return status === 404;
  } catch {
    return false;
  }
}

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
  let closed = false;
  const close = () => {
    closed = true;
    clearTimeout(silence);
    source.close();
    reopen = () => {};
  };
  // The run was deleted, or may no longer be seen.
  const end = () => {
    close();
    connection.hidden = true;
    state.hidden = false;
    document.querySelector("[data-actions]").replaceChildren();
    document.querySelector("[data-ownership]")?.remove();
    page.prepend(document.querySelector("[data-gone]").content);
    sentence.textContent = page.querySelector("strong").textContent;
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
  source.addEventListener("error", async () => {
    lost();
    if (source.readyState !== EventSource.CLOSED) return; // the browser retries by itself
    clearTimeout(silence);
    const deleted = await isDeleted();
    if (closed) return;
    if (deleted) end();
    else retry();
  });
  source.addEventListener("evaluations", (event) => {
    for (const point of JSON.parse(event.data)) {
      while (points.length > 0 && points[points.length - 1][0] >= point[0]) points.pop(); // made anew
      points.push(point);
    }
    draw();
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
  source.addEventListener("gone", end);
}

// A failed run can be resumed on another page.
if (!["succeeded", "cancelled"].includes(page.dataset.state)) watch();
