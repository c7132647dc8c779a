// The texts of the page in reading order: what is held as rows, what is fine as runs that open.

import { fill, h } from "./dom.js";
import { shown } from "./marks.js";
import { groupOf } from "./state.js";
import { fieldName, t } from "./words.js";

const CHUNK = 100; // rows that are drawn at once in a run

/** The list. `activate(position)` is called where somebody chooses a text; `card` is the element of the open one. */
export class List {
  constructor(root, state, activate) {
    this.root = root;
    this.state = state;
    this.activate = activate;
    this.active = null; // {position, element}
    this.items = new Map(); // position -> its element
    this.opened = new Set(); // first positions of the runs that are open
    state.on("segments", () => this.draw());
    state.on("segment", (position) => this.refresh(position));
    state.on("draft", (position) => this.refresh(position));
  }

  /** Draw everything anew. */
  draw() {
    this.items.clear();
    const parts = [];
    let group = null;
    let run = [];
    const close = () => {
      if (run.length) parts.push(this.#run(run));
      run = [];
    };
    for (const segment of this.state.segments) {
      if (!this.#stands(segment)) {
        run.push(segment);
        continue;
      }
      close();
      if (groupOf(segment.field) !== group) {
        group = groupOf(segment.field);
        parts.push(h("li", { class: "group" }, h("h2", {}, t(`group-${group}`))));
      }
      parts.push(this.#item(segment));
    }
    close();
    fill(this.root, parts);
  }

  #stands(segment) {
    return segment.held || segment.handled || this.state.page.audit || segment.position === this.active?.position;
  }

  /** Open a text as a card, and close the one that was open. */
  open(position, card) {
    const before = this.active?.position ?? null;
    this.active = { position, element: card };
    if (!this.items.has(position) || (before !== null && !this.#listed(before))) this.draw();
    else {
      if (before !== null && before !== position) this.refresh(before);
      this.refresh(position);
    }
  }

  #listed(position) {
    const segment = this.state.segment(position);
    return segment !== null && this.#stands(segment);
  }

  /** Draw one text anew; the open card keeps itself up to date. */
  refresh(position) {
    const element = this.items.get(position);
    const segment = this.state.segment(position);
    if (!element || !segment) return;
    if (this.active?.position === position) {
      element.className = `item is-active is-${this.state.status(segment)}`;
      if (element.firstElementChild !== this.active.element) fill(element, this.active.element);
    } else {
      this.#fill(element, segment);
    }
  }

  #item(segment) {
    const element = h("li", { class: "item", id: `text-${segment.position}` });
    this.items.set(segment.position, element);
    if (this.active?.position === segment.position) {
      element.className = `item is-active is-${this.state.status(segment)}`;
      element.append(this.active.element);
    } else {
      this.#fill(element, segment);
    }
    return element;
  }

  #fill(element, segment) {
    const status = this.state.status(segment);
    const { position } = segment;
    element.className = `item is-${status}`;
    const name = t("open-text", { number: position + 1, field: fieldName(segment.field), status: t(`status-${status}`) });
    const mark = h("button", {
      type: "button", class: "ed-mark", "aria-label": name, title: t(`status-${status}`),
      onclick: (event) => {
        event.stopPropagation();
        this.activate(position);
      },
    }, h("span", { class: "sign", "aria-hidden": "true" }), h("span", { class: "mark-words" }, t(`status-${status}`)));
    const row = h("div", { class: "ed-row", onclick: () => !selecting() && this.activate(position) },
      mark,
      h("div", { class: "side", lang: "zh-Hans" }, shown(segment.source)),
      h("div", { class: "side target", lang: this.state.setup.locale }, shown(this.state.text(segment)),
        this.state.isDirty(segment) ? h("span", { class: "unsaved" }, t("unsaved")) : null,
        this.state.failed.has(position) ? h("span", { class: "problem" }, this.state.failed.get(position)) : null),
    );
    fill(element, row);
  }

  #run(segments) {
    const first = segments[0].position;
    const names = [...new Set(segments.map((one) => groupOf(one.field)))].map((group) => t(`group-${group}`));
    const words = segments.length === 1 ? t("fine-one") : t("fine-many", { count: segments.length });
    const body = h("ol", { class: "texts" });
    const details = h("details", { class: "run", open: this.opened.has(first) },
      h("summary", {}, h("span", { class: "sign", "aria-hidden": "true" }), words,
        h("span", { class: "faint" }, names.join(" · "))),
      body);
    const drawn = () => {
      if (details.open && !body.childElementCount) this.#more(body, segments, 0);
    };
    details.addEventListener("toggle", () => {
      if (details.open) this.opened.add(first);
      else this.opened.delete(first);
      drawn();
    });
    drawn();
    return h("li", { class: "item is-run" }, details);
  }

  #more(body, segments, from) {
    body.querySelector(":scope > .more")?.remove();
    for (const segment of segments.slice(from, from + CHUNK)) body.append(this.#item(segment));
    const left = segments.length - from - CHUNK;
    if (left > 0) {
      const more = h("button", { type: "button", onclick: () => this.#more(body, segments, from + CHUNK) },
        t("more-texts", { count: left }));
      body.append(h("li", { class: "more" }, more));
    }
  }
}

function selecting() {
  return Boolean(String(window.getSelection() ?? ""));
}
