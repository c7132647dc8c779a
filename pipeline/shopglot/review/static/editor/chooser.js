// A bar with numbered choices inside the open card: one key picks, Escape leaves.

import { button, focus, h } from "./dom.js";
import { t } from "./words.js";

/**
 * Return {element, key(event), enter}. `options` are [{label, run, note, hint}]: with `note` a choice first asks for words
 * and runs with them. `enter` runs where nothing is chosen, `leave` where the bar is left.
 */
export function chooser({ title, options, enter = null, enterLabel = "", leave, lead = null }) {
  const list = h("div", { class: "ed-choices", role: "group", "aria-label": title });
  const element = h("div", { class: "ed-bar" }, h("p", { class: "ed-bar-title" }, title), lead, list);
  let asking = null;

  const pick = (option) => {
    if (!option) return;
    if (option.note) ask(option);
    else option.run("");
  };
  const ask = (option) => {
    asking = option;
    const field = h("input", { type: "text", class: "note", maxlength: "2000", "aria-label": t("note-for", { what: option.label }) });
    const form = h("form", {
      class: "note-form",
      onsubmit: (event) => {
        event.preventDefault();
        if (field.value.trim() || option.note === "may") option.run(field.value.trim());
        else field.reportValidity();
      },
    }, h("label", {}, option.label, field), h("button", { type: "submit", class: "primary" }, t("save"), h("kbd", { "aria-hidden": "true" }, "↵")));
    field.required = option.note !== "may";
    list.replaceChildren(form);
    focus(field);
  };

  options.forEach((option, index) => {
    const key = index < 9 ? String(index + 1) : "";
    list.append(button(option.label, key, () => pick(option), { title: option.hint ?? null, class: "ed-choice" }));
  });
  if (enter) list.append(button(enterLabel, "↵", enter, { class: "ed-choice primary" }));
  list.append(button(t("leave"), "Esc", leave, { class: "ed-choice quiet" }));

  return {
    element,
    /** Take a key; true where it was ours. */
    key(event) {
      if (event.key === "Escape") {
        leave();
        return true;
      }
      if (asking) return false;
      const number = digit(event);
      if (number) {
        pick(options[number - 1]);
        return true;
      }
      if (event.key === "Enter" && enter && !event.target.closest?.("button, a, textarea, input")) {
        enter();
        return true;
      }
      return false;
    },
  };
}

/** The digit 1 to 9 that a key stands for, else 0: also with Alt, where the key's character is another one. */
export function digit(event) {
  const found = /^(?:Digit|Numpad)([1-9])$/.exec(event.code ?? "") ?? /^([1-9])$/.exec(event.key ?? "");
  return found ? Number(found[1]) : 0;
}
