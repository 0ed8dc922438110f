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
function confirmed(form, submitter) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.innerHTML =
    '<form method="dialog"><div class="dialog-head"><h2 id="confirm-title"></h2></div>' +
    '<div class="dialog-body"><p class="soft"></p></div><div class="dialog-foot">' +
    '<button class="btn" value="">Cancel</button><button class="btn btn-danger is-solid" value="yes"></button></div></form>';
  dialog.querySelector("h2").textContent = form.dataset.confirmTitle || "Are you sure?";
  dialog.querySelector("p").textContent = form.dataset.confirm;
  dialog.querySelector("[value='']").textContent = form.dataset.confirmKeep || "Cancel";
  dialog.querySelector("[value=yes]").textContent =
    form.dataset.confirmAction || submitter?.textContent.trim() || "Continue";
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
  if (form.dataset.confirm && form.dataset.confirmed === undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return confirmed(form, event.submitter);
  }
  delete form.dataset.confirmed;
  if (form.method === "post") sendOnce(event);
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
function isBusy(part) {
  return document.querySelector("dialog[open]") || (part.contains(document.activeElement) && document.activeElement.matches("select, input"));
}
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-refresh]") && isBusy(event.target)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.matches("[data-refresh]") && isBusy(event.target)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSettle", (event) => {
  reveal(event.target);
  for (const line of event.target.querySelectorAll(".toast.is-ok")) fade(line);
  event.target.querySelector("[aria-invalid]")?.focus();
});

reveal(document);
document.querySelector("main [aria-invalid]")?.focus();
for (const line of document.querySelectorAll(".toast.is-ok")) fade(line);

// On a narrow screen the tabs are one scrolling line; scrolls the current one into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
