// What stands beside the texts: matches, other markets, what was done before, remarks, the page's facts, the preview.

import { button, fill, h } from "./dom.js";
import { call } from "./api.js";
import { paintDiff, shown } from "./marks.js";
import { fieldName, known, moment, t } from "./words.js";

const PATIENCE = 120; // ms that somebody has to stay on a text before help is asked for

/** The panel. `deeds` has insertMatch(match), comment(text, position). */
export class Panel {
  constructor(root, state, deeds) {
    this.state = state;
    this.deeds = deeds;
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
    this.frame = root.querySelector("iframe");
    this.tabs = [...root.querySelectorAll('[role="tab"]')];
    this.matches = [];
    this.position = null;
    this.known = new Map(); // `position:seen` -> what help there is
    this.shownVersion = 0;
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.choose(tab.dataset.tab));
      tab.addEventListener("keydown", (event) => this.#turn(event, tab));
    }
    this.#commentForm();
    state.on("page", () => this.facts());
    state.on("comments", () => this.comments());
    state.on("access", () => this.#commentForm());
    this.facts();
    this.comments();
    this.choose(stored("shopglot.editor.tab") ?? "help", false);
  }

  // -- tabs -----------------------------------------------------------------------------------------------------------

  choose(name, focus = true) {
    for (const tab of this.tabs) {
      const mine = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(mine));
      tab.tabIndex = mine ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).classList.toggle("is-away", !mine);
      if (mine && focus) tab.focus({ preventScroll: true });
    }
    this.tab = name;
    store("shopglot.editor.tab", name);
    this.follow();
  }

  toggle() {
    this.choose(this.tab === "help" ? "preview" : "help", false);
  }

  #turn(event, tab) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.key === "ArrowRight" ? 1 : -1;
    const next = this.tabs[(this.tabs.indexOf(tab) + step + this.tabs.length) % this.tabs.length];
    this.choose(next.dataset.tab);
  }

  // -- the open text --------------------------------------------------------------------------------------------------

  /** Show what helps with a text, as soon as somebody stays on it. */
  turn(position) {
    this.position = position;
    this.matches = [];
    this.follow();
    this.comments();
    window.clearTimeout(this.waiting);
    this.asking?.abort();
    const segment = this.state.segment(position);
    const had = segment && this.known.get(`${position}:${segment.seen}`);
    if (had) {
      this.#help(had);
      return;
    }
    fill(this.parts.matches, h("p", { class: "faint" }, t("loading")));
    fill(this.parts.others);
    fill(this.parts.history);
    this.waiting = window.setTimeout(() => this.#ask(segment), PATIENCE);
  }

  async #ask(segment) {
    if (!segment) return;
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const help = await call("GET", this.state.path("segments", segment.position, "help") + this.state.setup.audit, undefined, { signal });
      this.known.set(`${segment.position}:${segment.seen}`, help);
      if (this.position === segment.position) this.#help(help);
    } catch (problem) {
      if (signal.aborted) return;
      fill(this.parts.matches, h("p", { class: "faint" }, problem.message, " ",
        button(t("retry"), "", () => this.turn(segment.position), { class: "small" })));
    }
  }

  #help(help) {
    this.matches = help.matches ?? [];
    const closed = Boolean(this.state.closed);
    const { locale } = this.state.setup;
    fill(this.parts.matches, this.matches.length === 0 ? h("p", { class: "faint" }, t("no-matches"))
      : h("ol", { class: "matches" }, this.matches.map((match, index) => h("li", {},
        h("p", { class: "match-head" },
          h("strong", { class: "ratio" }, `${Math.floor(match.ratio <= 1 ? match.ratio * 100 : match.ratio)} %`), " ",
          h("span", { class: "faint" }, [match.by, match.provider].filter(Boolean).join(" · ")),
          closed ? null : button(t("use"), index < 9 ? `m ${index + 1}` : "", () => this.deeds.insertMatch(match), { class: "small" })),
        h("p", { class: "match-source", lang: "zh-Hans" }, match.diff?.length ? paintDiff(match.diff) : shown(match.source)),
        h("p", { lang: locale }, shown(match.target))))));
    const others = Object.entries(help.others ?? {});
    fill(this.parts.others, others.length === 0 ? h("p", { class: "faint" }, t("no-others"))
      : h("dl", { class: "others" }, others.map(([market, other]) => [
        h("dt", {}, marketName(market), " ", h("span", { class: "faint" }, known(`fields.verdict-${other.status}`) ? t(`fields.verdict-${other.status}`) : other.status)),
        h("dd", { lang: market === "us" ? "en" : "zh-Hant" }, shown(other.target))])));
    const acts = help.history ?? [];
    fill(this.parts.history, acts.length === 0 ? h("p", { class: "faint" }, t("no-history"))
      : h("ol", { class: "acts" }, acts.map((act) => h("li", {},
        h("p", { class: "faint" }, h("strong", {}, known(`act-${act.what}`) ? t(`act-${act.what}`) : act.what), " ", t("by-at", { by: act.actor, at: moment(act.at) })),
        act.target ? h("p", { lang: locale }, shown(act.target)) : null,
        act.note ? h("p", { class: "remark" }, shown(act.note)) : null))));
  }

  // -- the page -------------------------------------------------------------------------------------------------------

  facts() {
    const { page } = this.state;
    const rows = [
      ["fact-id", page.id], ["fact-merchant", page.merchant], ["fact-brand", page.brand], ["fact-category", page.category],
      ["fact-state", known(`fields.state-${page.state}`) ? t(`fields.state-${page.state}`) : null],
      ["fact-reasons", [...new Set((page.reasons ?? []).map((id) => (known(`reasons.${id}`) ? t(`reasons.${id}`) : id)))].join(", ")],
      ["fact-assignee", page.assignee], ["fact-due", page.due_at ? moment(page.due_at) : null],
      ["fact-run", page.run_id], ["fact-version", page.on_sale ? t("on-sale", { version: page.version }) : t("not-on-sale")],
    ];
    fill(this.parts.facts, h("dl", { class: "facts" }, rows.filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, String(value))])),
    page.images?.length ? h("div", { class: "images" }, page.images.slice(0, 6).map((image) => h("img", {
      src: image.url, alt: image.alt, loading: "lazy", referrerpolicy: "no-referrer", width: "72", height: "72", class: "thumb",
    }))) : null);
  }

  comments() {
    const remarks = this.state.comments;
    fill(this.parts.comments, remarks.length === 0 ? h("p", { class: "faint" }, t("no-comments"))
      : h("ol", { class: "remarks" }, remarks.map((one) => {
        const segment = one.position === null ? null : this.state.segment(one.position);
        return h("li", { class: one.position !== null && one.position === this.position ? "is-here" : "" },
          h("p", { class: "faint" }, h("strong", {}, one.author), " ", moment(one.at), " · ",
            segment ? h("a", { href: `#text-${one.position}`, "data-position": one.position }, t("on-text", { number: one.position + 1, field: fieldName(segment.field) })) : t("on-page")),
          h("p", { class: "remark" }, shown(one.text)));
      })));
  }

  #commentForm() {
    const place = this.parts["comment-form"];
    if (this.state.closed === "viewer") {
      fill(place);
      return;
    }
    const field = h("textarea", { rows: "2", maxlength: "10000", "aria-label": t("comment-label"), placeholder: t("comment-label") });
    const whole = h("input", { type: "checkbox" });
    const send = async (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text && await this.deeds.remark(text, whole.checked ? null : this.position)) field.value = "";
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) send(event);
    });
    this.field = field;
    fill(place, h("form", { onsubmit: send }, field,
      h("div", { class: "comment-below" }, h("label", {}, whole, " ", t("on-page-whole")),
        h("button", { type: "submit", class: "small" }, t("comment-send"), h("kbd", { "aria-hidden": "true" }, "Ctrl ↵")))));
  }

  write() {
    this.choose("help", false);
    this.field?.focus();
    this.field?.scrollIntoView({ block: "nearest" });
  }

  // -- the preview ----------------------------------------------------------------------------------------------------

  /** Bring the open text into sight in the preview; with `anew` the page has changed. */
  follow(anew = false) {
    if (anew) this.shownVersion += 1;
    if (!this.frame || !isSeen(this.frame)) return;
    const address = new URL(this.state.setup.preview, window.location.origin);
    if (this.shownVersion) address.searchParams.set("at", String(this.shownVersion));
    address.hash = this.position === null ? "" : `s${this.position}`;
    if (this.frame.src === address.href) return;
    // A frame whose address is assigned adds a step to the browser's history; one that is new does not.
    const fresh = this.frame.cloneNode(false);
    fresh.src = address.href;
    const only = this.frame.src && sameBut(this.frame.src, address.href);
    if (only && this.frame.contentWindow) this.frame.src = address.href;
    else {
      this.frame.replaceWith(fresh);
      this.frame = fresh;
    }
  }
}

function sameBut(one, other) {
  return one.split("#")[0] === other.split("#")[0];
}

function isSeen(element) {
  return element.offsetParent !== null || element.getClientRects().length > 0;
}

function marketName(market) {
  return known(`fields.market-${market}`) ? t(`fields.market-${market}`) : market;
}

function stored(key) {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // The choice lasts as long as the page then.
  }
}
