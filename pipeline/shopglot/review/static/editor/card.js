// The open text: source, target, findings, terms, and everything that can be done with it.

import { announce, button, fill, h } from "./dom.js";
import { chooser } from "./chooser.js";
import { diff, likeness } from "./diff.js";
import { findingsList, offered, reasonChoices, suggestions } from "./findings.js";
import { paint, paintDiff, shown, sourceSpans, targetSpans } from "./marks.js";
import { countPoints, Ruler } from "./offsets.js";
import { asTyped } from "./state.js";
import { known, fieldName, moment, t } from "./words.js";
import { Writing } from "./writing.js";

const ERRORS = ["mistranslation", "omission", "addition", "terminology", "number", "brand", "style", "grammar", "claim", "script",
  "other"];

/** The card of one segment. `deeds` is what the editor does on its behalf. */
export class Card {
  constructor(state, segment, deeds) {
    this.state = state;
    this.position = segment.position;
    this.deeds = deeds;
    this.mode = null; // the bar that is open: {element, key(event)}
    this.checking = "";
    this.head = h("div", { class: "card-head" });
    this.source = h("div", { class: "source", lang: "zh-Hans", id: "source-text" });
    this.notes = h("div", { class: "card-notes" });
    this.meter = h("span", { class: "meter" });
    this.told = h("span", { class: "told" });
    this.findings = h("div", { class: "card-findings" });
    this.terms = h("div", { class: "card-terms" });
    this.bar = h("div", { class: "card-bar", role: "status" });
    this.tools = h("div", { class: "tools", role: "toolbar", "aria-label": t("deeds") });
    this.writing = new Writing({
      value: state.text(segment), label: t("target-label"), lang: state.setup.locale,
      readonly: Boolean(state.closed),
      changed: (text) => deeds.type(this.position, text),
    });
    this.element = h("section", { class: "ed-card", tabindex: "-1", "aria-labelledby": "card-title" },
      this.head, this.notes,
      h("div", { class: "pair" },
        h("div", { class: "half" }, h("h4", {}, t("source")), this.source),
        h("div", { class: "half" }, h("h4", {}, t("target")), this.writing.element,
          h("div", { class: "below" }, this.meter, this.told))),
      this.bar, this.tools, this.findings, this.terms);
    this.draw();
  }

  get segment() {
    return this.state.segment(this.position);
  }

  /** Draw everything anew, but for the text area. */
  draw() {
    const { segment, state } = this;
    const status = state.status(segment);
    const check = state.check(segment);
    fill(this.head,
      h("h3", { id: "card-title" }, h("span", { class: "ed-number" }, `${segment.position + 1}`), " ",
        fieldName(segment.field)),
      h("span", { class: `status is-${status}` }, h("span", { class: "sign", "aria-hidden": "true" }), t(`status-${status}`)),
      segment.handled?.actor ? h("span", { class: "faint" }, t("by-at", { by: segment.handled.actor, at: moment(segment.handled.at) })) : null,
      this.#score(check));
    this.writing.area.readOnly = Boolean(state.closed) || state.saving.has(this.position);
    this.#notes();
    this.#tools();
    this.update();
  }

  /** Show the present check, length and what is unsaved. */
  update() {
    const { segment, state } = this;
    const check = state.check(segment);
    fill(this.source, paint(segment.source, sourceSpans(segment.source, { ...segment, findings: check.findings }), {
      onterm: state.closed ? null : (number) => this.insertTerm(number),
    }));
    if (check.fresh || check.text === this.writing.value) this.writing.mark(targetSpans(this.writing.value, check.findings));
    this.#below();
    const closed = Boolean(state.closed);
    fill(this.findings, findingsList(check.findings, {
      apply: closed ? null : (index) => this.apply(index),
      dismiss: closed ? null : (index) => this.askReason(index),
      restore: closed ? null : (index) => this.deeds.restore(this.position, check.findings[index]),
      override: !closed && state.may("lead") ? (index) => this.deeds.override(this.position, check.findings[index]) : null,
      show: (index, on) => this.#point(index, on),
    }));
    this.#terms();
    const scored = this.head.querySelector(".score");
    if (scored) scored.replaceWith(this.#score(check));
  }

  /** Show what changes with every key; the rest waits for the check. */
  typed() {
    this.#below();
    this.#terms();
  }

  #score(check) {
    const { score } = this.segment;
    const value = typeof score === "number" ? score.toFixed(2) : "–";
    const signals = this.segment.signals ?? [];
    const reasons = (check.reasons ?? []).map((id) => h("li", { title: id }, known(`reasons.${id}`) ? t(`reasons.${id}`) : id));
    return h("details", { class: "score" },
      h("summary", {}, t("score"), " ", h("strong", {}, value)),
      h("div", { class: "score-body" },
        reasons.length ? [h("p", {}, t("held-because")), h("ul", {}, reasons)] : null,
        signals.length ? h("dl", { class: "signals" }, signals.map(([name, number]) => [
          h("dt", {}, name), h("dd", {}, typeof number === "number" ? Number(number.toPrecision(3)).toString() : String(number))])) : null,
        h("p", { class: "faint" }, this.segment.signature || "", this.segment.origin ? ` · ${t("origin", { origin: originWord(this.segment.origin) })}` : "")));
  }

  #below() {
    const { segment, state } = this;
    const length = countPoints(state.text(segment));
    const over = segment.limit !== null && segment.limit !== undefined && length > segment.limit;
    fill(this.meter, segment.limit ? t("length-of", { length, limit: segment.limit }) : t("length", { length }),
      over ? h("strong", { class: "over" }, t("too-long", { count: length - segment.limit })) : null);
    this.meter.classList.toggle("is-over", over);
    const says = [];
    if (state.isDirty(segment)) says.push(h("span", { class: "unsaved" }, state.unkept ? t("unsaved-unkept") : t("unsaved")));
    if (this.checking) says.push(h("span", { class: "faint" }, this.checking));
    fill(this.told, says);
  }

  #notes() {
    const { segment, state } = this;
    const lines = [];
    if (segment.outdated) {
      lines.push(h("p", { class: "note-line" }, t("outdated", { by: segment.outdated.by }), " ",
        segment.outdated.source ? h("span", { lang: "zh-Hans" }, paintDiff(diff(segment.outdated.source, segment.source))) : null, " ",
        h("q", { lang: state.setup.locale }, shown(segment.outdated.target)), " ",
        state.closed ? null : button(t("use"), "", () => this.put(segment.outdated.target), { class: "small" })));
    }
    if (segment.machine && segment.machine !== segment.target && !state.closed) {
      lines.push(h("p", { class: "note-line" }, t("machine-said"), " ",
        h("span", { lang: state.setup.locale }, changes(segment.target, segment.machine)), " ",
        button(t("use"), "", () => this.put(segment.machine), { class: "small" })));
    }
    const draft = state.stale.get(this.position);
    if (draft) {
      lines.push(h("div", { class: "note-line is-warning" }, h("p", {}, t("old-draft", { at: moment(draft.at) })),
        h("p", { lang: state.setup.locale }, paintDiff(diff(segment.target, draft.text))),
        button(t("old-draft-use"), "", () => {
          state.stale.delete(this.position);
          this.put(draft.text);
          this.draw();
        }, { class: "small" }),
        button(t("old-draft-drop"), "", () => {
          state.settle(this.position);
          this.draw();
        }, { class: "small" })));
    }
    if (state.failed.has(this.position)) {
      lines.push(h("p", { class: "note-line is-error", role: "alert" }, state.failed.get(this.position), " ",
        button(t("retry"), "↵", () => this.deeds.approve(), { class: "small" })));
    }
    fill(this.notes, lines);
  }

  #terms() {
    const { terms = [] } = this.segment;
    if (!terms.length) {
      fill(this.terms);
      return;
    }
    const value = this.writing.value;
    fill(this.terms, h("h4", {}, t("terms")), h("ol", { class: "terms" }, terms.map((term, index) => {
      const there = term.target && value.toLowerCase().includes(term.target.toLowerCase());
      const words = [h("span", { lang: "zh-Hans" }, term.source), " → ", h("span", { lang: this.state.setup.locale }, term.target || "∅")];
      return h("li", { class: there ? "is-there" : "" },
        this.state.closed ? h("span", {}, words)
          : button(words, index < 9 ? `t ${index + 1}` : "", () => this.insertTerm(index + 1), { class: "small", title: t("insert-term") }),
        there ? h("span", { class: "tag good" }, t("term-there")) : null,
        term.keep ? h("span", { class: "tag" }, t("keep")) : term.enforce ? null : h("span", { class: "faint" }, t("suggested")),
        term.admitted?.length ? h("span", { class: "faint" }, t("also", { forms: term.admitted.join(" · ") })) : null,
        term.forbidden?.length ? h("span", { class: "faint" }, t("never", { forms: term.forbidden.join(" · ") })) : null,
        term.note ? h("span", { class: "faint" }, term.note) : null);
    })));
  }

  #tools() {
    const { state, deeds } = this;
    if (state.closed) {
      fill(this.tools);
      return;
    }
    const busy = state.saving.has(this.position);
    fill(this.tools,
      button(t("approve"), "↵", () => deeds.approve(), { class: "primary", disabled: busy, title: t("approve-hint") }),
      button(t("edit"), "e", () => this.writing.enter(), { disabled: busy }),
      button(t("reject"), "x", () => this.askError(), { disabled: busy }),
      h("span", { class: "gap" }),
      button(t("ask-machine"), "g", () => deeds.candidates(), { disabled: busy }),
      button(t("comment"), "c", () => deeds.comment(), {}),
      button(t("propose"), "a", () => deeds.propose(), {}));
  }

  #point(index, on) {
    for (const badge of this.source.querySelectorAll(".badge")) {
      if (badge.textContent === String(index + 1)) badge.classList.toggle("is-shown", on);
    }
  }

  // -- writing --------------------------------------------------------------------------------------------------------

  /** Replace the whole text by another one; the browser's undo takes it back. */
  put(text) {
    this.writing.put(asTyped(text));
  }

  insertTerm(number) {
    const term = this.segment.terms?.[number - 1];
    if (term?.target && !this.state.closed) this.writing.insert(term.target);
  }

  /** Do what a finding suggests: in place of its words where it speaks of the target, else at the caret. */
  apply(index) {
    const check = this.state.check(this.segment);
    const finding = check.findings[index];
    const words = finding ? offered(finding) : "";
    if (!words || this.state.closed) return;
    const value = this.writing.value;
    if (finding.side === "target") {
      const ruler = new Ruler(check.text);
      let [start, end] = [ruler.unit(finding.start), ruler.unit(finding.end)];
      if (check.text !== value && value.slice(start, end) !== finding.text) {
        start = finding.text ? value.indexOf(finding.text) : -1;
        end = start + finding.text.length;
      }
      if (start >= 0) {
        this.writing.insert(words, start, end);
        return;
      }
    }
    this.writing.insert(words);
  }

  /** Do what the n-th suggestion says, counted from 1. */
  suggest(number) {
    const found = suggestions(this.state.check(this.segment).findings)[number - 1];
    if (found) this.apply(found.index);
  }

  // -- bars -----------------------------------------------------------------------------------------------------------

  /** Open a bar in place of the one that is open; null closes it. */
  open(mode) {
    this.mode = mode;
    fill(this.bar, mode?.element ?? null);
    if (mode) mode.element.scrollIntoView({ block: "nearest" });
  }

  close = () => {
    this.open(null);
    if (!this.element.contains(document.activeElement) || document.activeElement === document.body) this.element.focus({ preventScroll: true });
  };

  /** Ask for the reason that sets one finding aside. */
  askReason(index) {
    const finding = this.state.check(this.segment).findings[index];
    if (!finding || finding.dismissed || finding.blocks) return;
    this.#leaveText();
    this.open(chooser({
      title: t("why-one", { number: index + 1 }), leave: this.close,
      options: reasonChoices((reason) => {
        this.close();
        this.deeds.dismiss(this.position, finding, reason);
      }),
    }));
  }

  /** Ask for the reason that sets all findings aside that hold the text, and approve it then. */
  askReasons(findings, propagate = false) {
    this.#leaveText();
    const blocked = findings.filter((one) => one.blocks);
    if (blocked.length) {
      const options = this.state.may("lead") ? blocked.map((finding) => ({
        label: t("override-rule", { rule: finding.check }), run: () => this.deeds.override(this.position, finding),
      })) : [];
      this.open(chooser({ title: t("blocked", { rules: blocked.map((one) => one.check).join(", ") }), options, leave: this.close }));
      announce(t("blocked", { rules: blocked.map((one) => one.check).join(", ") }), true);
      return;
    }
    const title = findings.length === 1 ? t("why-hold-one") : t("why-hold", { count: findings.length });
    this.open(chooser({
      title, leave: this.close,
      lead: h("ul", { class: "held-by" }, findings.map((one) => h("li", {}, shown(one.message || one.message_zh)))),
      options: reasonChoices((dismiss) => {
        this.close();
        this.deeds.approve({ dismiss, propagate });
      }),
    }));
    announce(title, true);
  }

  /** Ask what is wrong with the text that is refused. */
  askError() {
    if (this.state.closed) return;
    this.#leaveText();
    const refuse = (error) => (note) => {
      this.close();
      this.deeds.reject({ error, note });
    };
    this.open(chooser({
      title: t("what-error"), leave: this.close, enter: () => refuse("")(""), enterLabel: t("error-none"),
      options: ERRORS.map((error) => ({ label: t(`error-${error}`), run: refuse(error) })),
    }));
  }

  /** Show what the machine says now; a number takes one. */
  showCandidates(candidates) {
    this.#leaveText();
    const now = this.state.text(this.segment);
    const options = candidates.map((one) => {
      const holding = one.findings.filter((finding) => finding.holds).length;
      return {
        label: h("span", { class: "candidate" },
          h("span", { lang: this.state.setup.locale }, changes(now, one.target)), " ",
          h("span", { class: "faint" }, one.model, typeof one.score === "number" ? ` · ${one.score.toFixed(2)}` : "",
            ` · ${holding ? t("holds-count", { count: holding }) : t("holds-none")}`)),
        run: () => {
          this.close();
          this.put(one.target);
        },
      };
    });
    this.open(chooser({ title: options.length ? t("candidates") : t("no-candidates"), options, leave: this.close }));
  }

  /** Wait for a number that picks a term, a match or a finding. */
  pick(title, count, run) {
    if (!count) {
      announce(t("nothing-there"));
      return;
    }
    if (count === 1) {
      run(1);
      return;
    }
    const options = Array.from({ length: Math.min(count, 9) }, (_, index) => ({
      label: "", run: () => {
        this.close();
        run(index + 1);
      },
    }));
    this.open(chooser({ title, options, leave: this.close }));
  }

  /** Somebody else changed the text: show both, and let the person choose. */
  showConflict(theirs, mine, segment) {
    const value = theirs?.target ?? segment.target;
    const changed = segment.source !== this.shownSource && this.shownSource !== undefined;
    const show = h("div", { class: "conflict" },
      changed ? h("p", { lang: "zh-Hans" }, t("source-changed"), " ", paintDiff(diff(this.shownSource, segment.source))) : null,
      h("div", { class: "pair" },
        h("div", { class: "half" }, h("h4", {}, t("theirs", { by: theirs?.actor || t("the-run"), at: moment(theirs?.at) })),
          h("p", { lang: this.state.setup.locale }, paintDiff(diff(mine, value)))),
        h("div", { class: "half" }, h("h4", {}, t("mine")), h("p", { lang: this.state.setup.locale }, shown(mine)))));
    this.#leaveText();
    this.open(chooser({
      title: t("conflict"), lead: show, leave: this.close,
      options: [
        { label: t("take-theirs"), run: () => {
          this.close();
          this.deeds.drop(this.position);
        } },
        { label: t("keep-mine"), run: () => {
          this.close();
          this.put(mine);
          this.deeds.approve();
        } },
        { label: t("merge"), run: () => {
          this.close();
          this.put(mine);
          fill(this.bar, show);
          this.writing.enter();
        } },
      ],
    }));
    announce(t("conflict"), true);
  }

  #leaveText() {
    this.element.focus({ preventScroll: true });
  }
}

/** A text as what makes it different from another one, where they have enough in common. */
function changes(before, after) {
  const parts = diff(before, after);
  return likeness(parts) > 0.5 ? paintDiff(parts) : shown(after);
}

function originWord(origin) {
  return known(`origin-${origin}`) ? t(`origin-${origin}`) : origin;
}
