// The editor: puts its parts together, and does what people ask of it.

import { Failure } from "./editor/api.js";
import { Card } from "./editor/card.js";
import { Checker } from "./editor/checking.js";
import { Claim } from "./editor/claiming.js";
import { explainKeys, toast } from "./editor/dialogs.js";
import { announce, reveal } from "./editor/dom.js";
import { drawEnd, drawHead } from "./editor/heading.js";
import { KEYMAP, listen } from "./editor/keyboard.js";
import { List } from "./editor/list.js";
import { Offer } from "./editor/offering.js";
import { PageDeeds } from "./editor/paging.js";
import { Panel } from "./editor/panel.js";
import { peek, put, RETURNED, take } from "./editor/remembering.js";
import { TextDeeds } from "./editor/saving.js";
import { State } from "./editor/state.js";
import { Timer } from "./editor/timer.js";
import { fieldName, t } from "./editor/words.js";

const TRAIL = "shopglot.editor.trail";

class Editor {
  constructor() {
    const { setup, opened } = JSON.parse(document.getElementById("page").textContent);
    this.state = new State(setup, opened);
    this.timer = new Timer();
    this.texts = new TextDeeds(this);
    this.page = new PageDeeds(this);
    this.offer = new Offer(this);
    this.open = null; // the card of the active text
    this.list = new List(document.getElementById("texts"), this.state, (position) => this.activate(position));
    this.list.draw();
    this.panel = new Panel(document.getElementById("panel"), this.state, {
      insertMatch: (match) => this.open?.put(match.target),
      remark: (text, position) => this.page.remark(text, position),
    });
    this.checker = new Checker(this.state, (position) => this.shown(position)?.update(), (position, words) => {
      const card = this.shown(position);
      if (!card) return;
      card.checking = words;
      card.update();
    });
    this.deeds = {
      type: (position, text) => this.type(position, text),
      approve: (options) => this.texts.approve(options),
      reject: (why) => this.texts.reject(why),
      dismiss: (position, finding, why) => this.texts.dismiss(position, finding, why),
      restore: (position, finding) => this.texts.dismiss(position, finding, null),
      override: (position, finding) => this.texts.override(position, finding),
      candidates: () => this.texts.candidates(),
      comment: () => this.page.comment(),
      propose: () => this.page.propose(),
      drop: (position) => this.texts.drop(position),
    };
    this.state.on("segment", (position) => this.shown(position)?.draw());
    for (const name of ["page", "segments", "draft", "access"]) this.state.on(name, () => this.head());
    this.state.on("access", () => this.open?.draw());
    this.claim = new Claim(this.state, (problem) => this.trouble(problem));
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[data-position]");
      if (!link) return;
      event.preventDefault();
      this.activate(Number(link.dataset.position));
    });
    window.addEventListener("online", () => this.#back());
    window.addEventListener("hashchange", () => this.#fromHash());
    this.head();
    this.#start();
    explainKeys(document.getElementById("keymap"), KEYMAP);
    listen(this);
    document.documentElement.dataset.ready = "editor";
  }

  card() {
    return this.open;
  }

  closed() {
    return Boolean(this.state.closed);
  }

  // -- where we are ---------------------------------------------------------------------------------------------------

  #start() {
    this.#leaveTrail();
    this.offer.recall();
    if (this.#fromHash()) return;
    const first = this.state.open[0] ?? this.state.queue[0] ?? null;
    if (first) this.activate(first.position);
    else this.end();
  }

  #fromHash() {
    const wanted = /^#(?:text-)?(\d+)$/.exec(window.location.hash);
    const position = wanted ? Number(wanted[1]) : NaN;
    if (!this.state.segment(position)) return false;
    if (this.open?.position !== position) this.activate(position);
    return true;
  }

  /** Open a text. */
  activate(position, { quiet = false } = {}) {
    const segment = this.state.segment(position);
    if (!segment) return;
    if (this.open?.position === position) {
      if (!this.open.element.contains(document.activeElement)) this.open.element.focus({ preventScroll: true });
      return;
    }
    this.checker.stop();
    this.timer.turn(position);
    this.open = new Card(this.state, segment, this.deeds);
    this.open.shownSource = segment.source;
    this.list.open(position, this.open.element);
    this.open.element.focus({ preventScroll: true });
    reveal(this.open.element.parentElement);
    this.panel.turn(position);
    if (this.state.isDirty(segment)) this.checker.plan(position, 0);
    if (!quiet) announce(t("now-at", { number: position + 1, field: fieldName(segment.field), left: this.state.open.length }));
  }

  next() {
    this.#step(1);
  }

  previous() {
    this.#step(-1);
  }

  #step(step) {
    const there = this.state.beside(this.open?.position ?? -1, step);
    if (there) this.activate(there.position);
    else if (step > 0) this.end();
  }

  /** The card of a position, null where another one is open. */
  shown(position) {
    return this.open?.position === position ? this.open : null;
  }

  #leaveTrail() {
    const here = window.location.pathname + window.location.search;
    const trail = peek(TRAIL) ?? [];
    const at = trail.lastIndexOf(here);
    if (at >= 0) trail.length = at;
    trail.push(here);
    put(TRAIL, trail.slice(-50));
  }

  async nextPage() {
    await this.saved();
    window.location.assign(this.state.setup.next);
  }

  previousPage() {
    const trail = peek(TRAIL) ?? [];
    if (trail.length < 2) {
      toast(t("no-previous"), { kind: "is-only", seconds: 3 });
      return;
    }
    window.location.assign(trail[trail.length - 2]);
  }

  queue() {
    window.location.assign(this.state.setup.queue);
  }

  /** Wait until nothing is being saved. */
  async saved() {
    while (this.state.saving.size) await Promise.allSettled([...this.state.saving.values()]);
  }

  /** Draw what stands above the texts, once for all that changes meanwhile. */
  head() {
    this.drawing ??= window.requestAnimationFrame(() => {
      this.drawing = null;
      drawHead(this);
    });
  }

  end() {
    drawEnd(this);
  }

  help() {
    document.getElementById("help").showModal();
  }

  // -- what keys ask for: the keymap names these -----------------------------------------------------------------------

  edit() {
    if (this.open && !this.closed()) this.open.writing.enter();
  }

  type(position, text) {
    const segment = this.state.segment(position);
    this.state.failed.delete(position);
    this.state.type(segment, text);
    this.checker.plan(position);
    this.shown(position)?.typed();
  }

  insertTerm(number) {
    this.open?.insertTerm(number);
  }

  applySuggestion(number) {
    this.open?.suggest(number);
  }

  askTerm() {
    const card = this.open;
    if (card && !this.closed()) card.pick(t("which-term"), card.segment.terms?.length ?? 0, (number) => card.insertTerm(number));
  }

  askMatch() {
    const card = this.open;
    if (card && !this.closed()) {
      card.pick(t("which-match"), this.panel.matches.length, (number) => this.panel.matches[number - 1] && card.put(this.panel.matches[number - 1].target));
    }
  }

  askFinding() {
    const card = this.open;
    if (!card || this.closed()) return;
    const { findings } = this.state.check(card.segment);
    card.pick(t("which-finding"), findings.length, (number) => card.askReason(number - 1));
  }

  askError() {
    this.open?.askError();
  }

  togglePreview() {
    this.panel.toggle();
  }

  approve() {
    this.texts.approve();
  }

  candidates() {
    this.texts.candidates();
  }

  takeOver() {
    this.offer.takeOver();
  }

  approveAll() {
    this.page.approveAll();
  }

  escalate() {
    this.page.escalate();
  }

  sendBack() {
    this.page.sendBack();
  }

  comment() {
    this.page.comment();
  }

  propose() {
    this.page.propose();
  }

  undo() {
    this.page.undo();
  }

  // -- what goes wrong ------------------------------------------------------------------------------------------------

  /** Say what went wrong with a request. */
  trouble(problem) {
    if (problem.name === "AbortError") return;
    if (!(problem instanceof Failure)) throw problem;
    const words = problem.message;
    if (problem.code === "offline") document.documentElement.dataset.offline = "";
    toast(words, { kind: "is-error is-only", seconds: 8 });
  }

  /** The connection is back. */
  #back() {
    delete document.documentElement.dataset.offline;
    if (this.state.failed.size || this.state.unsaved) toast(t("online-again"), { kind: "is-only" });
    this.claim.renew();
    if (this.open && this.state.isDirty(this.open.segment)) this.checker.plan(this.open.position, 0);
  }
}

const editor = new Editor();
const returned = take(RETURNED);
if (returned) toast(returned);
export { editor };
