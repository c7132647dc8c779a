// What the editor knows: the page, what is typed and not saved, and who may do what. It draws nothing.

import { Drafts } from "./drafts.js";

const LEVELS = ["viewer", "translator", "lead", "admin"];
const GROUPS = {
  bullet: "bullets",
  "attribute-name": "attributes",
  "attribute-value": "attributes",
  "option-name": "variants",
  "option-value": "variants",
  "size-cell": "size-chart",
  hashtag: "hashtags",
  alt: "images",
};

/** The part of a page that a kind of field belongs to. */
export function groupOf(field) {
  return GROUPS[field] ?? field;
}

/** Findings with those first that hold the text; setting one aside moves none of them. */
export function ranked(findings) {
  const rank = (one) => (one.blocks ? 0 : one.holds || one.dismissed ? 1 : 2);
  return [0, 1, 2].flatMap((wanted) => findings.filter((one) => rank(one) === wanted));
}

/** What a text area makes of a text: its value has no carriage returns. */
export function asTyped(text) {
  return text.replace(/\r\n?/g, "\n");
}

/**
 * The state of the editor. Events: `page` (facts of the page), `segment` (detail: its position), `segments` (all of
 * them), `draft` (detail: position), `comments`, `access` (who may write).
 */
export class State extends EventTarget {
  constructor(setup, opened) {
    super();
    this.setup = setup;
    this.drafts = new Drafts(setup.user, setup.market, setup.listing);
    this.texts = new Map(); // position -> what is typed and not saved
    this.checks = new Map(); // position -> the last check: {text, findings, …}
    this.saving = new Map(); // position -> the deed that is under way
    this.failed = new Map(); // position -> what went wrong, as the server says it
    this.stale = new Map(); // position -> a draft that was begun on another state of the segment
    this.offers = []; // identical texts that an approval may be taken over to
    this.claimed = null; // {by, until} where somebody else works on the page
    this.load(opened);
  }

  /** Take over a page as the server gives it; what is typed stays. */
  load(opened) {
    this.page = opened.page;
    this.segments = opened.segments;
    this.comments = opened.comments;
    this.outdated = Boolean(opened.stale);
    this.places = new Map(this.segments.map((one, index) => [one.position, index]));
    this.checks.clear();
    for (const segment of this.segments) this.#recall(segment);
    this.emit("segments");
    this.emit("page");
    this.emit("comments");
  }

  emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  on(name, listener) {
    this.addEventListener(name, (event) => listener(event.detail));
  }

  // -- segments -------------------------------------------------------------------------------------------------------

  segment(position) {
    return this.segments[this.places.get(position)] ?? null;
  }

  /** Put a segment in place of the one at its position, and the page's facts beside it where they came, too. */
  replace(segment, page = null) {
    if (segment && this.places.has(segment.position)) {
      this.segments[this.places.get(segment.position)] = segment;
      this.checks.delete(segment.position);
      this.emit("segment", segment.position);
    }
    if (page) {
      this.page = { ...this.page, ...page };
      this.emit("page");
    }
  }

  /** The segments that are worked through one by one: what is held, or on an audited page everything. */
  get queue() {
    return this.page.audit ? this.segments : this.segments.filter((one) => one.held || one.handled);
  }

  isOpen(segment) {
    return !segment.handled && (segment.held || Boolean(this.page.audit));
  }

  get open() {
    return this.segments.filter((one) => this.isOpen(one) && !this.saving.has(one.position));
  }

  /** The next open segment behind a position, else the first open one; null where there is none. */
  nextOpen(position) {
    const open = this.open.filter((one) => one.position !== position);
    const [here] = [this.places.get(position) ?? -1];
    return open.find((one) => this.places.get(one.position) > here) ?? open[0] ?? null;
  }

  /** The segment of the queue that stands `step` behind a position; null at the ends. */
  beside(position, step) {
    const queue = this.queue;
    const index = queue.findIndex((one) => one.position === position);
    if (index >= 0) return queue[index + step] ?? null;
    const here = this.places.get(position) ?? -1;
    const behind = queue.filter((one) => this.places.get(one.position) > here);
    const before = queue.filter((one) => this.places.get(one.position) < here);
    return (step > 0 ? behind[0] : before[before.length - 1]) ?? null;
  }

  /** open, saving, failed, approved, edited, rejected, or fine: what the list shows. */
  status(segment) {
    if (this.saving.has(segment.position)) return "saving";
    if (this.failed.has(segment.position)) return "failed";
    const deeds = { approve: "approved", edit: "edited", reject: "rejected" };
    if (segment.handled) return deeds[segment.handled.deed] ?? "approved";
    return segment.held ? "open" : "fine";
  }

  // -- what is typed --------------------------------------------------------------------------------------------------

  /** The text as it would be saved now. */
  text(segment) {
    return this.texts.get(segment.position) ?? segment.target;
  }

  isDirty(segment) {
    return this.texts.has(segment.position);
  }

  /** Note what is typed; a text that is the segment's own again is no draft. */
  type(segment, typed) {
    if (typed === asTyped(segment.target)) {
      this.texts.delete(segment.position);
      this.drafts.forget(segment.position, segment.seen);
    } else {
      this.texts.set(segment.position, typed);
      this.unkept = !this.drafts.keep(segment.position, segment.seen, typed, segment.target);
    }
    this.emit("draft", segment.position);
  }

  /** Note that a segment is known under another name by now, because of something that we did to it. */
  see(position, seen) {
    const segment = this.segment(position);
    if (!segment || segment.seen === seen) return;
    this.segments[this.places.get(position)] = { ...segment, seen };
    if (!this.texts.has(position)) return;
    this.drafts.keep(position, seen, this.texts.get(position), segment.target);
    this.drafts.forget(position, segment.seen);
  }

  /** Forget what is typed: it is saved, or nobody wants it. */
  settle(position) {
    this.texts.delete(position);
    this.stale.delete(position);
    this.drafts.forget(position);
    this.emit("draft", position);
  }

  #recall(segment) {
    const draft = this.drafts.find(segment.position);
    if (!draft || draft.text === asTyped(segment.target)) return;
    if (draft.seen === String(segment.seen)) this.texts.set(segment.position, draft.text);
    else if (!this.texts.has(segment.position)) this.stale.set(segment.position, draft);
  }

  // -- findings -------------------------------------------------------------------------------------------------------

  /** What is known of a segment's present text: {text, findings, reasons, …}; `fresh` says that it is about that text. */
  check(segment) {
    const own = {
      text: segment.target, findings: segment.findings, verdict: segment.verdict, reasons: segment.reasons,
    };
    own.findings = ranked(own.findings);
    const text = this.text(segment);
    const last = this.checks.get(segment.position);
    if (last && (last.text === text || text !== segment.target)) return { ...last, fresh: last.text === text };
    return { ...own, fresh: text === segment.target };
  }

  /** The findings of the present text that keep it from being approved; null where it was not checked. */
  holding(segment) {
    const check = this.check(segment);
    return check.fresh ? check.findings.filter((one) => one.holds && !one.dismissed) : null;
  }

  // -- access ---------------------------------------------------------------------------------------------------------

  may(role) {
    return LEVELS.indexOf(this.setup.role) >= LEVELS.indexOf(role);
  }

  /** Why nothing can be written here: `viewer`, `claimed`, or null where it can. */
  get closed() {
    if (!this.may("translator")) return "viewer";
    return this.claimed ? "claimed" : null;
  }

  /** Note who works on the page; null where we do. */
  claim(holder) {
    if (JSON.stringify(holder) === JSON.stringify(this.claimed)) return;
    this.claimed = holder;
    this.emit("access");
  }

  /** The address of a deed. */
  path(...parts) {
    return ["/api/pages", this.setup.market, this.setup.listing, ...parts].join("/");
  }

  get unsaved() {
    return this.texts.size;
  }
}
