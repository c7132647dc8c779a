// What is done with one text: approved, rejected, its findings set aside, the machine asked. What fails is said.

import { call, Failure } from "./api.js";
import { ask, control, textArea, toast } from "./dialogs.js";
import { announce, h } from "./dom.js";
import { t } from "./words.js";

/** The deeds on the open text of an editor. */
export class TextDeeds {
  constructor(editor) {
    this.editor = editor;
  }

  get state() {
    return this.editor.state;
  }

  /** Approve the open text and go on to the next one. */
  approve({ dismiss = null, propagate = false } = {}) {
    const card = this.editor.open;
    if (!card || this.editor.closed()) return;
    const { position } = card;
    if (this.state.saving.has(position)) return;
    const segment = this.state.segment(position);
    if (!document.getElementById("end").hidden && !this.state.isOpen(segment) && !this.state.isDirty(segment)) {
      this.editor.nextPage();
      return;
    }
    const done = segment.handled ? segment.handled.deed !== "reject" : !segment.held;
    if (done && !this.state.isDirty(segment) && !dismiss) {
      this.advance(position); // nothing is to be said of it
      return;
    }
    const text = this.state.text(segment);
    const holding = this.state.holding(segment);
    const inDoubt = holding === null; // the answer decides, so it is waited for
    if (!dismiss && holding?.length) {
      card.askReasons(holding, propagate);
      return;
    }
    if (!dismiss && holding?.length === 0 && card.mode) card.close();
    const body = { target: text, seen: segment.seen, seconds: this.editor.timer.take(position), dismiss, propagate };
    this.editor.checker.stop();
    const saved = this.save(position, "approve", body, text);
    if (inDoubt) saved.then((fine) => fine && this.editor.shown(position) && this.advance(position));
    else this.advance(position);
  }

  async reject({ error, note }) {
    const card = this.editor.open;
    if (!card || this.editor.closed()) return;
    const { position } = card;
    const segment = this.state.segment(position);
    const seconds = this.editor.timer.take(position);
    this.save(position, "reject", { seen: segment.seen, error, severity: "", note, seconds }, segment.target);
    this.advance(position);
  }

  /** Save a deed on a segment; the answer is true where it was done. What is typed is kept until then. */
  save(position, deed, body, text) {
    const saving = this.#send(position, deed, body, text).finally(() => {
      this.state.saving.delete(position);
      this.state.emit("segment", position);
      this.editor.head();
    });
    this.state.failed.delete(position);
    this.state.saving.set(position, saving);
    this.state.emit("segment", position);
    this.editor.head();
    return saving;
  }

  async #send(position, deed, body, text) {
    try {
      const answer = await call("POST", this.state.path("segments", position, deed) + this.state.setup.audit, body);
      // What was typed while the deed was under way is not part of it.
      if (deed === "reject" || this.state.text(this.state.segment(position)) === text) this.state.settle(position);
      this.state.saving.delete(position);
      this.state.replace(answer.segment, answer.page);
      announce(t(`said-${deed}`));
      if (answer.identical > 0 && deed === "approve" && !body.propagate) {
        this.editor.offer.make({ market: this.state.setup.market, listing: this.state.setup.listing, position, count: answer.identical, text });
      }
      this.editor.panel.follow(true);
      return true;
    } catch (problem) {
      this.#failed(position, deed, body, text, problem);
      return false;
    }
  }

  #failed(position, deed, body, text, problem) {
    const segment = this.state.segment(position);
    const busy = this.editor.open && this.editor.open.position !== position && this.state.isDirty(this.editor.open.segment);
    if (problem instanceof Failure && problem.code === "conflict") {
      const { theirs, segment: fresh } = problem.body;
      const newer = fresh ? { ...segment, ...fresh } : { ...segment, target: theirs?.target ?? segment.target };
      if (text !== null && deed === "approve") {
        this.state.replace(newer, problem.body.page);
        this.state.type(newer, text);
        this.#bring(position, busy, t("conflict"), () => this.editor.open.showConflict(theirs, text, this.state.segment(position)));
      } else {
        this.state.replace(newer);
        this.#bring(position, busy, problem.message, () => toast(problem.message, { kind: "is-error" }));
      }
      return;
    }
    if (problem instanceof Failure && problem.code === "holding") {
      const check = { findings: problem.body.findings, reasons: [], holds: problem.body.findings.length };
      const before = this.state.check(segment);
      const others = before.fresh ? before.findings.filter((one) => !check.findings.some((other) => other.key === one.key)) : [];
      this.editor.checker.note(position, text, { ...check, findings: [...check.findings, ...others] });
      this.#bring(position, busy, t("held-again"), () => this.editor.open.askReasons(problem.body.findings, body.propagate));
      return;
    }
    if (problem.status === 409) this.editor.claim.renew(); // it is somebody else's, or nobody's any more
    this.state.failed.set(position, problem.message);
    if (text !== null && text !== segment.target) this.state.type(segment, text);
    this.#bring(position, busy, problem.message, () => this.editor.open.draw());
    announce(t("not-saved", { number: position + 1, why: problem.message }), true);
  }

  /** Go back to a text whose deed failed, unless somebody is writing elsewhere by now: then say so. */
  #bring(position, busy, words, then) {
    this.state.saving.delete(position);
    const go = () => {
      this.editor.activate(position, { quiet: true });
      this.editor.open.draw();
      then();
    };
    if (busy) {
      toast(t("not-saved", { number: position + 1, why: words }), { kind: "is-error", seconds: 0, action: { words: t("go-there"), run: go } });
    } else go();
  }

  advance(position) {
    const next = this.state.nextOpen(position);
    if (next) {
      this.editor.activate(next.position);
      return;
    }
    this.editor.end();
    if (this.state.page.audit) return;
    this.editor.saved().then(() => {
      // Only where everything went well and nobody went back to a text meanwhile.
      if (this.state.open.length === 0 && this.state.failed.size === 0 && !this.editor.open?.mode && this.editor.open?.position === position && !this.state.unsaved) this.editor.nextPage();
    });
  }

  async dismiss(position, finding, why) {
    const segment = this.state.segment(position);
    const text = this.state.text(segment);
    const body = { target: text, finding: finding.key, reason: why?.reason ?? "", note: why?.note ?? "", seen: segment.seen };
    try {
      const check = await call("POST", this.state.path("segments", position, why ? "dismiss" : "restore-finding"), body);
      if (check.seen) this.state.see(position, check.seen);
      this.editor.checker.note(position, text, check);
      announce(t(why ? "said-dismissed" : "said-restored"));
    } catch (problem) {
      this.editor.trouble(problem);
    }
  }

  /** Let the page say what a rule blocks: a lead's word, with the reason for it. */
  async override(position, finding) {
    const answer = await ask({
      title: t("override-rule", { rule: finding.check }), yes: t("override"), danger: true,
      body: [h("p", {}, finding.message), finding.basis ? h("p", { class: "faint" }, finding.basis) : null,
        control(t("override-why"), textArea("note", "", { required: true }))],
    });
    if (!answer) return;
    await this.editor.page.deed("override", { rule: finding.check, note: answer.note }, t("said-override"));
    await this.editor.page.reload();
    if (this.editor.shown(position)) this.editor.open.close();
  }

  /** Ask the machine again; it may take a while, in which everything else goes on. */
  async candidates() {
    const card = this.editor.open;
    if (!card || this.editor.closed() || card.asking) return;
    card.asking = true;
    const away = toast(t("asking-machine"), { seconds: 0 });
    try {
      const answer = await call("POST", this.state.path("segments", card.position, "candidates"), {}, { patience: 120000 });
      if (this.editor.open === card) card.showCandidates(answer.candidates);
    } catch (problem) {
      this.editor.trouble(problem);
    } finally {
      card.asking = false;
      away();
    }
  }

  /** Forget what is typed: the text is somebody else's now. */
  drop(position) {
    this.state.settle(position);
    this.editor.page.reload(position);
  }
}
