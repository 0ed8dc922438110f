// Progressive enhancement: pages also work without any of this.

const root = document.documentElement;

// Buttons that only work with scripts are hidden until here.
function reveal(within) {
  for (const button of within.querySelectorAll("[data-copy]")) button.hidden = false;
}

// A confirmation fades. A warning or an error stays until it is closed, and is read aloud at once.
function toast(sentence, kind = "ok") {
  const line = document.createElement("div");
  line.className = `notice toast is-${kind}`;
  const text = document.createElement("div");
  text.textContent = sentence;
  line.append(text);
  if (kind === "ok") {
    document.querySelector("[data-confirmations]")?.append(line);
    fade(line);
    return line;
  }
  const alerts = document.querySelector("[data-alerts]");
  if (!alerts) return line;
  for (const old of [...alerts.children]) if (old.textContent.trim() === sentence.trim()) old.remove();
  const parts = document.querySelector("[data-alert-parts]").content.cloneNode(true);
  line.prepend(parts.querySelector("svg"));
  line.append(parts.querySelector("button"));
  line.setAttribute("role", "alert");
  let before;
  line.addEventListener("focusin", (event) => {
    before ??= event.relatedTarget;
  });
  const close = () => {
    const focused = line.contains(document.activeElement);
    line.remove();
    if (focused) (before?.isConnected ? before : document.querySelector("main")).focus();
  };
  line.querySelector("button").addEventListener("click", close);
  line.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  alerts.append(line);
  return line;
}

// Other scripts cannot import toast: the page loads this file under an address with its hash, and it would run twice.
document.addEventListener("lorahub:toast", (event) => toast(event.detail.sentence, event.detail.kind));

// Long enough to read; stays while it has the pointer or the focus.
function fade(line) {
  setTimeout(() => (line.matches(":hover, :focus-within") ? fade(line) : line.remove()), 6000);
}

async function copy(button) {
  const source = button.dataset.copy ? document.querySelector(button.dataset.copy) : button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    toast("Copied.");
  } catch {
    getSelection().selectAllChildren(source);
    toast("The browser didn't allow copying. The text is selected, so you can copy it yourself.", "warn");
  }
}

// Menus are <details>: one open at a time, closed by Escape and by a click elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

// The server rendered the page in the cookie's theme; the switch changes both.
function chooseTheme(button) {
  const theme = button.value;
  document.cookie = `lorahub_theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax`;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const other of button.parentElement.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

// <form data-confirm="What will happen." data-confirm-title="Delete 1.0.0?" data-confirm-action="Delete" data-confirm-keep="Keep it">
// The same on a button, for a form of which only one button has to be confirmed.
function asking(form, submitter) {
  return submitter?.dataset.confirm ? submitter : form;
}

function confirmed(form, submitter) {
  const { dataset } = asking(form, submitter);
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.innerHTML =
    '<form method="dialog"><div class="dialog-head"><h2 id="confirm-title"></h2></div>' +
    '<div class="dialog-body"><p class="soft"></p></div><div class="dialog-foot">' +
    '<button class="btn" value="">Cancel</button><button class="btn btn-danger is-solid" value="yes"></button></div></form>';
  dialog.querySelector("h2").textContent = dataset.confirmTitle || "Are you sure?";
  dialog.querySelector("p").textContent = dataset.confirm;
  dialog.querySelector("[value='']").textContent = dataset.confirmKeep || "Cancel";
  dialog.querySelector("[value=yes]").textContent =
    dataset.confirmAction || submitter?.textContent.trim() || "Continue";
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") {
      form.dataset.confirmed = "";
      form.requestSubmit(submitter ?? undefined);
    } else submitter?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

// A second click while the first is being sent would repeat the action.
function sendOnce(event) {
  const form = event.target;
  if (form.dataset.sent !== undefined) return event.preventDefault();
  form.dataset.sent = "";
  // After the form was read: a disabled button's name and value are not sent.
  setTimeout(() => {
    if (event.submitter && !event.defaultPrevented) event.submitter.setAttribute("aria-disabled", "true");
    if (event.defaultPrevented) delete form.dataset.sent;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-theme-switch]")) {
    event.preventDefault();
    return chooseTheme(event.submitter);
  }
  if (asking(form, event.submitter).dataset.confirm && form.dataset.confirmed === undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return confirmed(form, event.submitter);
  }
  delete form.dataset.confirmed;
  if ((event.submitter?.formMethod || form.method) === "post") sendOnce(event);
}, true);

// Going back in history shows the page as it was left, with its buttons disabled.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (!open) return;
  closeMenus();
  open.querySelector("summary").focus();
});

// "/" leads to the search field, as on other sites.
const searchField = () => document.querySelector(".search input"); // pages are swapped
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  searchField().focus();
  searchField().select();
});

// The browser offers adapters that match what is typed; choosing one shows it.
let typing;
async function suggest(search) {
  const offered = document.getElementById("suggestions");
  const typed = search.value.trim();
  if (typed.length < 2) return offered.replaceChildren();
  const answer = await fetch(`/api/v1/adapters?limit=8&q=${encodeURIComponent(typed)}`).catch(() => null);
  if (!answer?.ok || search.value.trim() !== typed) return;
  const { items } = await answer.json();
  offered.replaceChildren(
    ...items.map(({ publisher, name, title }) => {
      const option = document.createElement("option");
      option.value = `${publisher}/${name}`;
      option.label = `${publisher}/${name}: ${title}`;
      return option;
    }),
  );
}

document.addEventListener("input", (event) => {
  const search = event.target;
  if (!search.matches(".search input")) return;
  clearTimeout(typing);
  const chosen = !(event instanceof InputEvent) || event.inputType === "insertReplacementText";
  const address = search.value;
  const { options } = document.getElementById("suggestions");
  if (chosen && [...options].some((option) => option.value === address)) location.assign(`/${address}`);
  else typing = setTimeout(suggest, 150, search);
});

// Menus and selects that act at once: <select data-submit> sends its form when another option is chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// What the server said of a form, until the form is changed or sent again.
const faults = new WeakMap();

function forget(form) {
  faults.get(form)?.remove();
  faults.delete(form);
}

document.addEventListener("input", (event) => forget(event.target.form));

// What the server said of a field, until the field is changed. Scripts of pages may say something new after that.
document.addEventListener("input", (event) => {
  const field = event.target.closest(".field.is-wrong");
  if (!field) return;
  field.classList.remove("is-wrong");
  field.querySelector(".field-error")?.remove();
  event.target.removeAttribute("aria-invalid");
}, true);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  delete form.dataset.sent;
  if (event.detail.successful) forget(form);
});
// The server answers scripts with problem details; a page would be swapped into a place too small for it.
document.addEventListener("htmx:responseError", (event) => {
  const xhr = event.detail.xhr;
  const said = (sentence) => {
    const line = toast(sentence, "danger");
    const form = event.target.closest?.("form");
    if (form) faults.set(form, line);
  };
  if (xhr.getResponseHeader("Content-Type")?.startsWith("application/problem+json")) {
    said(JSON.parse(xhr.responseText).detail);
  } else said("That didn't work. Try again.");
});
document.addEventListener("htmx:sendError", () => toast("The hub can't be reached. Try again.", "danger"));

// A part that refreshes itself waits while the visitor uses something in it: a dialog, a menu, a field.
const REFRESHES = "[hx-trigger^='every ']";

function isBusy(part) {
  return document.querySelector("dialog[open]") || (part.contains(document.activeElement) && document.activeElement.matches("select, input"));
}

// It keeps the focus, what was unfolded or folded, chosen or scrolled.
const USABLE = "a[href], button, summary, select, [tabindex]";

// What an element and the one that replaces it have in common. Labels can change with the state.
function identity(element) {
  const label = element.matches("summary") ? element.textContent.replace(/[\d\s]+/g, " ") : element.getAttribute("aria-label");
  return [
    element.tagName, element.id, element.className, element.name, element.getAttribute("href") ?? label,
    element.form?.getAttribute("action"), element.matches("button") ? element.value : "",
  ].join("\n");
}

function remember(part) {
  const usable = [...part.querySelectorAll(USABLE)];
  const place = (element) => {
    const same = identity(element);
    return [same, usable.filter((other) => identity(other) === same).indexOf(element)];
  };
  const focused = usable.includes(document.activeElement) && place(document.activeElement);
  const folds = usable.filter((one) => one.matches("summary") && "toggled" in one.parentElement.dataset);
  const unfolded = folds.map((summary) => [place(summary), summary.parentElement.open]);
  const changed = (select) => [...select.selectedOptions].some((option) => !option.defaultSelected);
  const choices = usable
    .filter((one) => one.matches("select") && changed(one))
    .map((select) => [place(select), select.value]);
  const scrolled = usable.filter((one) => one.scrollLeft > 0 || one.scrollTop > 0);
  const offsets = scrolled.map((region) => [place(region), region.scrollLeft, region.scrollTop]);
  return (fresh) => {
    const now = [...fresh.querySelectorAll(USABLE)];
    const find = ([same, index]) => now.filter((one) => identity(one) === same)[index];
    for (const [summary, open] of unfolded) {
      const details = find(summary)?.parentElement;
      if (!details) continue;
      details.open = open;
      details.dataset.toggled = "";
    }
    for (const [where, value] of choices) {
      const select = find(where);
      if (select && [...select.options].some((option) => option.value === value)) select.value = value;
    }
    for (const [where, left, top] of offsets) find(where)?.scrollTo(left, top);
    if (!focused || document.activeElement !== document.body) return;
    const next = find(focused) ?? fresh.querySelector("a[href], button, summary") ?? document.querySelector("main");
    next.focus({ preventScroll: true });
  };
}

document.addEventListener("click", (event) => {
  const summary = event.target.closest("summary");
  if (summary) summary.parentElement.dataset.toggled = "";
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches(REFRESHES) && isBusy(event.target)) event.preventDefault();
});
const remembered = new WeakMap();
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (!target.matches(REFRESHES)) return;
  if (isBusy(target)) event.detail.shouldSwap = false;
  else if (event.detail.shouldSwap) remembered.set(xhr, [target, remember(target)]);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const [part, restore] = remembered.get(event.detail.xhr) ?? [];
  if (!part) return;
  remembered.delete(event.detail.xhr);
  const fresh = part.isConnected ? part : document.getElementById(part.id);
  if (fresh) restore(fresh);
});
// The live page of a run has a stream of its own.
document.addEventListener("lorahub:renew", (event) => {
  const { part, html } = event.detail;
  const restore = remember(part);
  part.innerHTML = html;
  restore(part);
});

// A live region that is swapped together with its content is not read aloud. So the page has one region that stays, and
// says what is new in the parts that are marked: <p data-announce>, with words before its text if the attribute has any.
const ANNOUNCED = 5000; // ms between two announcements
let announced = announcements();
let announcedAt = 0;
let announcing;

function announcements() {
  return [...document.querySelectorAll("[data-announce]")].map((part) =>
    (part.dataset.announce + part.textContent).replace(/\s+/g, " ").trim(),
  );
}

function announce() {
  announcing = null;
  const now = announcements();
  const fresh = now.filter((sentence) => !announced.includes(sentence));
  announced = now;
  if (!fresh.length) return;
  announcedAt = Date.now();
  document.querySelector("[data-announcer]").textContent = fresh.join(". ");
}

document.addEventListener("htmx:afterSettle", (event) => {
  // Not at once: a region is read when it changes, and a swapped page's is new.
  announcing ??= setTimeout(announce, Math.max(300, announcedAt + ANNOUNCED - Date.now()));
  reveal(event.target);
  for (const line of event.target.querySelectorAll(".toast.is-ok")) fade(line);
  event.target.querySelector("[aria-invalid]")?.focus();
});

reveal(document);
// From here on, a warning of the server can be closed.
for (const line of document.querySelectorAll("[data-alerts] > .toast")) {
  line.remove();
  toast(line.textContent.trim(), "warn");
}
document.querySelector("main [aria-invalid]")?.focus();
for (const line of document.querySelectorAll(".toast.is-ok")) fade(line);

// On a narrow screen the tabs are one scrolling line; scrolls the current one into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
