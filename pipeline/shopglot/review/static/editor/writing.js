// The target's text area: as high as its text, with the findings underlined in a copy that lies behind it.

import { h } from "./dom.js";
import { paint } from "./marks.js";
import { moveSpans } from "./offsets.js";

/** A text area with marks. `changed(text)` is called at every change by a person. */
export class Writing {
  constructor({ value, label, lang, readonly, changed }) {
    this.behind = h("div", { class: "behind", "aria-hidden": "true" });
    this.area = h("textarea", {
      class: "area", "aria-label": label, lang, spellcheck: "true", rows: "1", autocomplete: "off", readonly,
    });
    this.element = h("div", { class: "writing" }, this.behind, this.area);
    this.spans = [];
    this.begun = false; // a text area keeps its caret when it is left, but begins with it in front
    this.area.value = value;
    this.last = this.area.value;
    this.area.addEventListener("input", () => {
      this.#follow();
      changed(this.area.value);
    });
    this.area.addEventListener("pointerdown", () => {
      this.begun = true;
    });
    this.#draw();
  }

  get value() {
    return this.area.value;
  }

  get selected() {
    return this.area.value.slice(this.area.selectionStart, this.area.selectionEnd);
  }

  /** Mark spans (in units of the present text). */
  mark(spans) {
    this.spans = spans;
    this.#draw();
  }

  /** Begin to write; the caret is where it was, at first at the end. */
  enter() {
    this.area.focus({ preventScroll: true });
    if (!this.begun) this.area.setSelectionRange(this.area.value.length, this.area.value.length);
    this.begun = true;
  }

  leave() {
    this.area.blur();
  }

  /** Replace a stretch, by default the selection, in such a way that the browser's own undo takes it back. */
  insert(text, start = null, end = null) {
    if (this.area.readOnly) return;
    this.enter();
    if (start !== null) this.area.setSelectionRange(start, end);
    const done = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
    if (!done) {
      this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
      this.area.dispatchEvent(new Event("input"));
    }
  }

  /** Replace the whole text. */
  put(text) {
    if (text !== this.area.value) this.insert(text, 0, this.area.value.length);
  }

  #follow() {
    this.begun = true;
    this.spans = moveSpans(this.spans, this.last, this.area.value);
    this.last = this.area.value;
    this.#draw();
  }

  #draw() {
    // The last line of a block has no height where it is empty, that of a text area has.
    this.behind.replaceChildren(paint(this.area.value, this.spans, { badges: false }), "\u200b");
  }
}
