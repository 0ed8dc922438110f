// Sends files in the background: with progress, and after a broken connection only what is missing.
const API = "/api/v1/uploads";
const AT_A_TIME = 2;
const LONGEST_PAUSE = 30; // seconds between two tries
const SPOKEN = 5000; // ms between two sentences that are read aloud
const WINDOW = 8000; // ms over which the speed is measured

// lorahub.js shows it.
function toast(sentence) {
  document.dispatchEvent(new CustomEvent("lorahub:toast", { detail: { sentence, kind: "danger" } }));
}

const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const lastWord = (path) => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);

function bytes(n) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (n >= 999.5 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 || n >= 99.95 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

async function call(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  const causes = (problem.causes ?? []).map((cause) => cause.message).join(" ");
  throw Object.assign(new Error(causes || problem.detail || "The hub rejected this."), { status: answer.status });
}

/** One upload with the files that are to be sent of it, and its rows on the page. */
class Transfer {
  constructor(view, files, form) {
    this.view = view;
    this.files = files; // by address
    this.cancelled = false;
    this.replaces = "replaces" in form.dataset;
    this.failed = false;
    this.missing = files.size;
    this.requests = new Set();
    this.moments = []; // [time, bytes] of the last seconds
    this.sent = new Map(view.files.filter((file) => file.url).map((file) => [file.url, file.offset]));
    this.size = view.files.reduce((sum, file) => sum + (file.url ? file.size : 0), 0);
    this.head = this.row(form, "[data-adapter-row]");
    this.name = view.base_model || view.folder;
    this.head.querySelector("[data-name]").textContent = this.name || "Adapter";
    const cancel = this.head.querySelector("[data-cancel]");
    cancel.setAttribute("aria-label", `Cancel the upload of ${this.name || "the adapter"}`);
    cancel.addEventListener("click", () => this.cancel());
    this.rows = new Map(view.files.map((file) => [file.url ?? file.name, this.fileRow(form, file)]));
    this.show();
  }

  row(form, template) {
    const row = form.querySelector(template).content.firstElementChild.cloneNode(true);
    form.querySelector("[data-files]").append(row);
    return row;
  }

  fileRow(form, file) {
    const row = this.row(form, "[data-file-row]");
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-bar]").setAttribute("aria-label", `Upload of ${file.name}`);
    if (!file.url) {
      row.querySelector("[data-bar]").remove();
      row.querySelector("[data-bytes]").textContent = bytes(file.size);
      this.state(row, "skipped", "Ignored");
    }
    return row;
  }

  state(row, kind, word) {
    const badge = row.querySelector("[data-state]");
    badge.className = `badge is-${kind}`;
    badge.textContent = word;
  }

  total() {
    return [...this.sent.values()].reduce((sum, n) => sum + n, 0);
  }

  speed() {
    const now = performance.now();
    this.moments.push([now, this.total()]);
    while (this.moments.length > 2 && this.moments[0][0] < now - WINDOW) this.moments.shift();
    const [time, before] = this.moments[0];
    return now - time < 500 ? 0 : (1000 * Math.max(0, this.total() - before)) / (now - time);
  }

  show(words) {
    const speed = this.speed();
    const total = this.total();
    this.head.querySelector("[data-bytes]").textContent = `${bytes(total)} of ${bytes(this.size)}`;
    this.sentence =
      words ?? (total < this.size && speed > 0 ? `${bytes(speed)}/s, ${duration((this.size - total) / speed)} left` : "");
    this.head.querySelector("[data-words]").textContent = this.sentence;
    for (const file of this.view.files) {
      if (!file.url) continue;
      const row = this.rows.get(file.url);
      const here = this.sent.get(file.url);
      row.querySelector("[data-bytes]").textContent =
        here < file.size ? `${bytes(here)} of ${bytes(file.size)}` : bytes(file.size);
      const bar = row.querySelector("[data-bar]");
      bar.max = Math.max(1, file.size);
      bar.value = here;
      bar.hidden = here === file.size;
      if (here === file.size) this.state(row, "passed", "Received");
      else this.state(row, "live", `${Math.floor((100 * here) / file.size)} %`);
    }
  }

  /** One of its files is there; with the last of them it can be opened, and cancelling would only lose it. */
  received() {
    if (--this.missing > 0 || this.failed || this.cancelled) return;
    const open = document.createElement("a");
    open.className = "btn btn-small";
    open.href = this.isZip() ? "/uploads" : this.view.page;
    open.textContent = "Open";
    open.setAttribute("aria-label", `Open the upload of ${this.name || "the adapter"}`);
    const cancel = this.head.querySelector("[data-cancel]");
    const focused = cancel === document.activeElement;
    cancel.replaceWith(open);
    if (focused) open.focus();
    this.show("All files received");
  }

  /** What it brings is known when it is unpacked. */
  isZip() {
    return this.view.files.some((file) => file.url && /\.zip$/i.test(file.name));
  }

  fail(why) {
    this.failed = true;
    this.show(why);
  }

  async cancel() {
    this.cancelled = true;
    for (const request of this.requests) request.abort();
    if (this.replaces) return location.reload(); // the card stays, and that page has a button to discard it
    let words = "Cancelled; its files were deleted.";
    try {
      await call("DELETE", this.view.url);
    } catch (problem) {
      if (problem.status !== 404) words = "Cancelled, but its files are still there. Discard it under My uploads.";
    }
    // the page of an upload that is gone would still offer to send its files
    if (location.pathname === this.view.page && words.endsWith("deleted.")) return location.assign("/uploads");
    const cancel = this.head.querySelector("[data-cancel]");
    const focused = cancel === document.activeElement;
    cancel.remove();
    for (const row of this.rows.values()) row.remove();
    const said = this.head.querySelector("[data-words]");
    said.textContent = words;
    said.tabIndex = -1;
    if (focused) said.focus();
  }

  /** All of a file, however often the connection breaks. */
  async send(url) {
    for (let pause = 1; !this.cancelled; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      const answer = await this.append(url, this.sent.get(url));
      if (this.cancelled) return;
      if (answer.status === 204) return this.show();
      if (answer.status >= 400 && answer.status < 500 && ![401, 408, 409, 429].includes(answer.status)) {
        throw new Error(answer.detail || "The hub rejected this file.");
      }
      if (answer.status === 401) throw new Error("You are signed out. Sign in in another tab and choose the files again.");
      const why = [429, 507].includes(answer.status) && answer.detail ? answer.detail : "The connection was lost";
      this.show(`${why}; trying again in ${duration(pause)}`);
      await Promise.race([sleep(pause), new Promise((done) => addEventListener("online", done, { once: true }))]);
      const here = await this.offset(url);
      if (here > this.sent.get(url)) pause = 1;
      if (here !== null) this.sent.set(url, here);
      // if all bytes have arrived, the next request sends none and only asks the hub to complete the file
    }
  }

  /** How much of a file is there; null where the hub cannot be reached. */
  async offset(url) {
    try {
      const answer = await fetch(url, { method: "HEAD" });
      return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
    } catch {
      return null;
    }
  }

  append(url, offset) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      this.requests.add(request);
      request.open("PATCH", url);
      request.setRequestHeader("Content-Type", "application/partial-upload");
      request.setRequestHeader("Upload-Offset", offset);
      request.upload.addEventListener("progress", (event) => {
        this.sent.set(url, offset + event.loaded);
        this.show();
      });
      request.addEventListener("loadend", () => {
        this.requests.delete(request);
        if (request.status === 204) this.sent.set(url, this.files.get(url).size);
        let detail = "";
        try {
          detail = JSON.parse(request.responseText).detail;
        } catch {
          // no problem details
        }
        done({ status: request.status, detail });
      });
      request.send(this.files.get(url).slice(offset));
    });
  }
}

/** Files of a dropped folder, with their paths. */
async function within(entry, path = "") {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [{ path: path + file.name, file }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) break;
    for (const child of some) found.push(...(await within(child, `${path}${entry.name}/`)));
  }
  return found;
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return (await Promise.all(entries.map((entry) => within(entry)))).flat();
}

const chosen = (input) => [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Those that the server would take together: a folder, or one zip. */
function groups(files) {
  const found = new Map();
  for (const one of files) {
    const key = /\.zip$/i.test(one.path) ? one.path : folderOf(one.path);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

/** The files of an upload among those of a group, by address; null if one that is missing is not among them. */
function matched(view, group) {
  const files = new Map();
  for (const wanted of view.files) {
    if (!wanted.url || wanted.complete) continue;
    const file = group.find(
      (one) => lastWord(one.path).toLowerCase() === wanted.name.toLowerCase() && one.file.size === wanted.size,
    );
    if (!file) return null;
    files.set(wanted.url, file.file);
  }
  return files.size === 0 ? null : files;
}

/** Uploads that were begun and of which these files are, and the files of no upload yet. */
function resumed(open, files, form) {
  const transfers = [];
  const rest = [];
  for (const group of groups(files)) {
    const view = open.find(
      (one) => one.state === "receiving" && !transfers.some((t) => t.view.id === one.id) && matched(one, group),
    );
    if (view) transfers.push(new Transfer(view, matched(view, group), form));
    else rest.push(...group);
  }
  return [transfers, rest];
}

function assigned(views, files, form) {
  const left = groups(files);
  return views.map((view) => {
    const index = left.findIndex((group) => matched(view, group));
    const found = index < 0 ? new Map() : matched(view, left[index]);
    if (index >= 0) left.splice(index, 1);
    return new Transfer(view, found, form);
  });
}

/** The files of a base model, with what the form says about it; those that are here already are not sent again. */
async function modelTransfer(form, files) {
  const { name, summary, licence } = Object.fromEntries(new FormData(form));
  const sizes = files.map(({ path, file }) => ({ name: lastWord(path), size: file.size }));
  const view = await call("POST", "/api/v1/base-model-registrations", { name, summary, licence, files: sizes });
  return assigned([view], files, form);
}

async function transfers(form, files) {
  if ("baseModel" in form.dataset) return modelTransfer(form, files);
  const names = files.map(({ path, file }) => ({ name: path, size: file.size }));
  const id = form.dataset.id;
  if (id) {
    const view = await call("GET", `${API}/${id}`);
    const missing = view.state === "receiving" && matched(view, files);
    if (missing) return [new Transfer(view, missing, form)];
    const plain = names.map(({ name, size }) => ({ name: lastWord(name), size }));
    return assigned([await call("POST", `${API}/${id}/files`, { files: plain })], files, form);
  }
  const [going, rest] = resumed((await call("GET", API)).uploads, files, form);
  if (rest.length === 0) return going;
  const adapter = form.dataset.adapter;
  const sizes = rest.map(({ path, file }) => ({ name: path, size: file.size }));
  const announced = await call("POST", API, { files: sizes, ...(adapter && { adapter }) }).catch((problem) => {
    if (going.length > 0 && problem.status === 422) return { uploads: [] }; // other files of the folder were sent with the rest
    throw problem;
  });
  return [...going, ...assigned(announced.uploads, rest, form)];
}

async function sendAll(all) {
  const queue = all.flatMap((transfer) => [...transfer.files.keys()].map((url) => [transfer, url]));
  const faults = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [transfer, url] = next;
      try {
        await transfer.send(url);
        transfer.received();
      } catch (problem) {
        transfer.fail(problem.message);
        faults.push(problem.message);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return faults;
}

/** What was typed into the card of the upload's page is not lost when that is loaded again. */
async function keepCard() {
  const card = document.querySelector("#card form, form#card");
  if (!card) return;
  const typed = new URLSearchParams(new FormData(card));
  typed.set("do", "save");
  await fetch(card.action, { method: "POST", body: typed, redirect: "manual" }).catch(() => {});
}

async function run(form, files) {
  const sending = form.querySelector("[data-sending]");
  const spoken = form.querySelector("[data-spoken]");
  form.querySelector("[data-files]").replaceChildren();
  let all = [];
  const unload = (event) => event.preventDefault();
  const voice = setInterval(() => {
    spoken.textContent = all.map((t) => `${t.name} ${Math.floor((100 * t.total()) / t.size)} %`).join(", ");
  }, SPOKEN);
  try {
    await keepCard();
    all = await transfers(form, files);
    sending.hidden = false;
    addEventListener("beforeunload", unload);
    const faults = await sendAll(all);
    removeEventListener("beforeunload", unload);
    const whole = all.filter((transfer) => !transfer.cancelled);
    if (faults.length > 0) toast(faults[0]); // the page stays, because it lists these files
    else if (whole.length > 0) await arrive(form, whole);
  } catch (problem) {
    toast(problem.message);
  } finally {
    clearInterval(voice);
    removeEventListener("beforeunload", unload);
  }
}

/** One upload is opened, of whatever batch it is; a zip may have brought more than one. */
async function arrive(form, whole) {
  const [first] = whole;
  if (whole.length > 1) return location.assign("/uploads");
  if (form.dataset.id || !first.isZip()) return location.assign(first.view.page);
  const batch = (await call("GET", `${API}?batch=${first.view.batch}`)).uploads;
  location.assign(batch.length === 1 ? batch[0].page : "/uploads");
}

function enhance(form) {
  const zone = form.querySelector(".drop");
  const input = zone.querySelector("input");
  form.querySelector("[data-send]").hidden = true;
  form.querySelector("[data-drop-words]").textContent = "Drop a folder, a zip or single files, or choose them";
  const folder = document.createElement("input");
  folder.type = "file";
  folder.webkitdirectory = true;
  folder.hidden = true;
  folder.setAttribute("aria-label", "Choose a folder");
  form.append(folder);
  const button = form.querySelector("[data-folder]");
  button.hidden = false;
  button.addEventListener("click", () => folder.click());
  let busy = false;
  const take = async (files) => {
    if (files.length === 0) return;
    if (busy) return toast("Wait until these files are sent, or cancel them; then add the others.");
    busy = true;
    await run(form, files);
    busy = false;
    input.value = "";
    folder.value = "";
  };
  input.addEventListener("change", () => take(chosen(input)));
  folder.addEventListener("change", () => take(chosen(folder)));
  for (const event of ["dragenter", "dragover"]) {
    zone.addEventListener(event, (moved) => {
      moved.preventDefault();
      zone.classList.add("is-over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    take(await dropped(event.dataTransfer));
  });
}

function enhanceModel(form) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    await run(form, chosen(form.querySelector("input[type=file]")));
    busy = false;
  });
}

for (const form of document.querySelectorAll("[data-upload]")) enhance(form);
for (const form of document.querySelectorAll("[data-base-model]")) enhanceModel(form);
