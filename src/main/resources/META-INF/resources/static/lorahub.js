// Progressive enhancement: pages also work without any of this.

const root = document.documentElement;

// Buttons that only work with scripts are hidden until here.
function reveal(within) {
  for (const button of within.querySelectorAll("[data-copy]")) button.hidden = false;
}

function toast(sentence, kind = "ok") {
  const line = document.createElement("div");
  line.className = `notice toast is-${kind}`;
  const text = document.createElement("div");
  text.textContent = sentence;
  line.append(text);
  document.querySelector(".toasts")?.append(line);
  fade(line);
}

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

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) delete form.dataset.sent;
});
// The server answers scripts with problem details; a page would be swapped into a place too small for it.
document.addEventListener("htmx:responseError", (event) => {
  const xhr = event.detail.xhr;
  if (xhr.getResponseHeader("Content-Type")?.startsWith("application/problem+json")) {
    toast(JSON.parse(xhr.responseText).detail, "danger");
  } else toast("That didn't work. Try again.", "danger");
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
  for (const line of event.target.querySelectorAll(".toast")) fade(line);
  event.target.querySelector("[aria-invalid]")?.focus();
});

reveal(document);
document.querySelector("main [aria-invalid]")?.focus();
for (const line of document.querySelectorAll(".toast")) fade(line);

// On a narrow screen the tabs are one scrolling line; scrolls the current one into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

export { toast };
