// Questions that need more than a key. Each is a <dialog>, so that the browser keeps the focus inside of it.

import { fill, h } from "./dom.js";
import { t } from "./words.js";

/**
 * Ask, and return what was answered as an object by the names of the controls; null where the dialog was left.
 * `body` is content with form controls; `check` may return what is wrong with the answer.
 */
export function ask({ title, body, yes, no = t("leave"), wide = false, danger = false }) {
  return new Promise((resolve) => {
    const form = h("form", { method: "dialog" },
      h("h2", { id: "dialog-title" }, title),
      h("div", { class: "dialog-body" }, body),
      h("div", { class: "dialog-deeds" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close("") }, no, h("kbd", { "aria-hidden": "true" }, "Esc")),
        yes ? h("button", { type: "submit", class: danger ? "primary danger" : "primary", value: "yes" }, yes, h("kbd", { "aria-hidden": "true" }, "Ctrl ↵")) : null));
    const dialog = h("dialog", { class: wide ? "desk-dialog is-wide" : "desk-dialog", "aria-labelledby": "dialog-title" }, form);
    const before = document.activeElement;
    dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && yes) form.requestSubmit();
    });
    let agreed = false;
    form.addEventListener("submit", () => {
      agreed = true;
    });
    dialog.addEventListener("close", () => {
      const answer = agreed ? Object.fromEntries(new FormData(form)) : null;
      dialog.remove();
      before?.focus?.({ preventScroll: true });
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    const first = dialog.querySelector("[autofocus], textarea, input:not([type=radio]):not([type=hidden])");
    if (first instanceof HTMLTextAreaElement) first.setSelectionRange(0, 0); // a long text is shown from its beginning
    (first ?? dialog.querySelector(".primary") ?? dialog.querySelector("button")).focus();
  });
}

/** A labelled control of a dialog. */
export function control(label, element, hint = null) {
  return h("label", { class: "control" }, h("span", {}, label), element, hint ? h("span", { class: "faint" }, hint) : null);
}

/** A text area of a dialog. */
export function textArea(name, value = "", attributes = {}) {
  const area = h("textarea", { name, rows: "4", maxlength: "10000", ...attributes });
  area.value = value;
  return area;
}

/** Explain the keys in a place. `keymap` is a list of {keys, words, area}. */
export function explainKeys(place, keymap) {
  const areas = [...new Set(keymap.map((one) => one.area))];
  fill(place, areas.map((area) => h("table", { class: "keys" }, h("caption", {}, t(`keys-${area}`)), h("tbody", {},
    keymap.filter((one) => one.area === area).map((one) => h("tr", {},
      h("th", { scope: "row" }, one.keys.split(" / ").map((key, index) => [index ? " / " : null, h("kbd", {}, key)])),
      h("td", {}, t(one.words))))))));
}

/** Say something at the edge of the page that goes by itself; `action` is {words, key, run}. Return what takes it away. */
export function toast(text, { action = null, kind = "", seconds = 6 } = {}) {
  const place = document.getElementById("toasts");
  const note = h("div", { class: `toast ${kind.includes("is-error") ? "toast-bad" : ""}` }, h("span", {}, text));
  const away = () => note.remove();
  if (action) {
    note.append(h("button", { type: "button", onclick: () => {
      away();
      action.run();
    } }, action.words, action.key ? h("kbd", { "aria-hidden": "true" }, action.key) : null));
  }
  note.append(h("button", { type: "button", "aria-label": t("close"), onclick: away }, "×"));
  if (kind.includes("is-only")) fill(place);
  place.append(note);
  while (place.childElementCount > 4) place.firstElementChild.remove();
  if (seconds) window.setTimeout(away, seconds * 1000);
  return away;
}
