// The queue page beyond plain links and forms: filters that apply at once, selection, keys.
// Everything listens on the document, because htmx replaces what is below `#desk`.

const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const NARROW = window.matchMedia("(max-width: 1099px)");
const PAUSE = 350; // milliseconds after the last letter before a search begins

// -- filters ----------------------------------------------------------------------------------------------------------

let timer = 0;

function apply() {
  window.clearTimeout(timer);
  const form = find("#filters");
  if (form && form.checkValidity()) form.requestSubmit();
}

function applySoon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(apply, PAUSE);
}

document.addEventListener("change", (event) => {
  const control = event.target;
  if (control.id === "pick-all") {
    for (const box of boxes()) box.checked = control.checked;
    count();
  } else if (control.closest(".page-pick")) {
    count();
  } else if (control.form && control.form.id === "filters" && control.id !== "q") {
    apply();
  }
});

// While an input method is composing, the field holds letters that the person has not chosen yet.
document.addEventListener("input", (event) => {
  if (event.target.id === "q" && !event.isComposing) applySoon();
});
document.addEventListener("compositionend", (event) => {
  if (event.target.id === "q") applySoon();
});

// Empty fields would only make the address longer.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filters") return;
  const given = event.detail.parameters;
  for (const name of [...given.keys()]) {
    const values = given.getAll(name).filter((value) => value !== "");
    given.delete(name);
    for (const value of values) given.append(name, value);
  }
});

// -- what stays as it was when the page changes -----------------------------------------------------------------------

let opened = null;
let scrolled = 0;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "desk") return;
  opened = new Map(all("#desk details").map((details) => [details.id, details.open]));
  scrolled = find("#filters-box").scrollTop;
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (opened) {
    for (const [id, open] of opened) {
      const details = document.getElementById(id);
      if (details) details.open = open;
    }
    opened = null;
    find("#filters-box").scrollTop = scrolled;
  }
  const from = event.detail.requestConfig && event.detail.requestConfig.elt;
  if (from && from.closest && from.closest("#more")) focusRow(firstNew);
  ready();
});

let firstNew = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.closest("#more")) firstNew = links().length;
});

// A filter chip changes fields outside of what is replaced: the search and the order.
document.addEventListener("htmx:afterSettle", () => {
  const desk = find("#desk");
  const search = find("#q");
  if (!desk || !search || document.activeElement === search) return;
  const view = new URLSearchParams(desk.dataset.view);
  search.value = view.get("q") || "";
  find("#sort").value = view.get("sort") || "priority";
});

// -- selection --------------------------------------------------------------------------------------------------------

const boxes = () => all("#pages .page-pick input");

function count() {
  const picked = boxes().filter((box) => box.checked).length;
  const shown = find("#picked");
  if (shown) shown.textContent = String(picked);
  const whole = find("#pick-all");
  if (whole) {
    whole.checked = picked > 0 && picked === boxes().length;
    whole.indeterminate = picked > 0 && !whole.checked;
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("#unpick")) {
    for (const box of boxes()) box.checked = false;
    count();
    focusRow(Math.max(0, current));
  }
});

// -- keys -------------------------------------------------------------------------------------------------------------

const links = () => all("#pages .page-title a");
let current = -1;

function focusRow(index) {
  const rows = links();
  if (!rows.length) return;
  current = Math.min(Math.max(index, 0), rows.length - 1);
  rows[current].focus();
  rows[current].closest(".page").scrollIntoView({ block: "nearest" });
}

function here() {
  const row = document.activeElement && document.activeElement.closest(".page");
  return row ? links().findIndex((link) => row.contains(link)) : -1;
}

function boxHere() {
  const row = document.activeElement && document.activeElement.closest(".page");
  return row && row.querySelector(".page-pick input");
}

function pick() {
  const box = boxHere();
  if (!box) return;
  box.checked = !box.checked;
  count();
}

function assign() {
  const form = find("#assign");
  if (!form) return;
  const box = boxHere();
  if (box && !boxes().some((one) => one.checked)) {
    box.checked = true;
    count();
  }
  if (boxes().some((one) => one.checked)) form.querySelector("select, button").focus();
}

function toFilters() {
  const box = find("#filters-box");
  if (!box) return;
  box.open = true;
  (box.querySelector("input:checked") || box.querySelector("input")).focus();
}

const KEYS = {
  "/": () => find("#q") && find("#q").focus(),
  j: () => focusRow((here() === -1 ? current : here()) + 1),
  k: () => focusRow((here() === -1 ? current : here()) - 1),
  x: pick,
  a: assign,
  f: toFilters,
  s: () => find("#start") && find("#start").click(),
};

const types = (element) =>
  element.isContentEditable ||
  element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || find("dialog[open]")) return;
  if (event.key === "Escape" && event.target.id === "q") {
    event.target.blur();
    return;
  }
  if (types(event.target) || !window.desk.singleKeys()) return;
  const deed = KEYS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

// -- start ------------------------------------------------------------------------------------------------------------

/** Show what only works with JavaScript. */
function ready() {
  for (const element of all(".pick-all, #unpick")) element.hidden = false;
  for (const element of all(".queue-apply")) element.hidden = true;
  count();
}

function fold() {
  const box = find("#filters-box");
  if (box) box.open = !NARROW.matches;
}

NARROW.addEventListener("change", fold);
fold();
ready();
