// What is done with the page as a whole: the rest approved, handed on, sent back, talked about, undone, read anew.

import { call } from "./api.js";
import { ask, control, textArea, toast } from "./dialogs.js";
import { announce, h } from "./dom.js";
import { put, RETURNED } from "./remembering.js";
import { fieldName, known, t } from "./words.js";

/** The deeds on the page of an editor. */
export class PageDeeds {
  constructor(editor) {
    this.editor = editor;
  }

  get state() {
    return this.editor.state;
  }

  clean() {
    return this.state.open.filter((one) => !this.state.isDirty(one) && !this.state.failed.has(one.position) && this.state.holding(one)?.length === 0);
  }

  /** Approve everything that is left and that nothing holds, after a question. */
  async approveAll() {
    if (this.editor.closed()) return;
    if (this.state.page.audit) {
      const sure = await ask({ title: t("audit-fine"), yes: t("audit-fine"), body: h("p", {}, t("audit-sure", { count: this.state.open.length })) });
      if (!sure) return;
      await this.deed("audit", { run: this.state.page.audit, published: true }, t("said-audit"));
      await this.reload();
      this.editor.end();
      return;
    }
    const clean = this.clean();
    if (!clean.length) {
      toast(t("nothing-clean"), { kind: "is-only", seconds: 4 });
      return;
    }
    const sure = await ask({
      title: t("approve-all", { count: clean.length }), yes: t("approve-all", { count: clean.length }), wide: true,
      body: [h("p", {}, t("approve-all-words")), h("ol", { class: "all" }, clean.slice(0, 200).map((one) => h("li", {},
        h("span", { lang: "zh-Hans" }, one.source), " → ", h("span", { lang: this.state.setup.locale }, one.target))))],
    });
    if (!sure) return;
    let done = 0;
    for (const { position } of clean) {
      const segment = this.state.segment(position);
      if (!this.state.isOpen(segment)) continue;
      const body = { target: segment.target, seen: segment.seen, seconds: this.editor.timer.take(position), dismiss: null, propagate: false };
      if (!await this.editor.texts.save(position, "approve", body, segment.target)) break;
      done += 1;
    }
    announce(t("said-all", { count: done }));
    if (done === clean.length) this.editor.texts.advance(this.editor.open?.position ?? -1);
  }

  async escalate() {
    if (this.editor.closed()) return;
    const answer = await ask({ title: t("escalate"), yes: t("escalate"), body: control(t("escalate-why"), textArea("note", "", { required: true })) });
    if (answer && await this.deed("escalate", { note: answer.note }, t("said-escalated"))) this.editor.nextPage();
  }

  async sendBack() {
    if (this.editor.closed()) return;
    let proposed = "";
    try {
      proposed = (await call("GET", this.state.path("send-back"))).message_zh;
    } catch (problem) {
      this.editor.trouble(problem);
      return;
    }
    const answer = await ask({
      title: t("send-back"), yes: t("send-back"), wide: true,
      body: control(t("send-back-words"), textArea("message_zh", proposed, { rows: "8", lang: "zh-Hans", required: true }), t("send-back-hint")),
    });
    if (answer && await this.deed("send-back", { message_zh: answer.message_zh }, t("said-sent-back"))) this.editor.nextPage();
  }

  async reopenPage() {
    if (await this.deed("reopen", {}, t("said-reopened"))) await this.reload();
  }

  comment() {
    if (this.state.closed !== "viewer") this.editor.panel.write();
  }

  async remark(text, position) {
    if (!await this.deed("comments", { position, text }, t("said-comment"))) return false;
    await this.reload(undefined, { comments: true });
    return true;
  }

  /** Propose a term or a rule, from what is selected. */
  async propose() {
    const card = this.editor.open;
    if (!card || this.editor.closed()) return;
    const chosen = String(window.getSelection() ?? "").trim();
    const inSource = chosen && card.source.contains(window.getSelection().anchorNode);
    const target = card.writing.selected.trim();
    const { segment } = card;
    const kinds = ["term", "rule"].map((kind, index) => h("label", { class: "radio" },
      h("input", { type: "radio", name: "kind", value: kind, checked: index === 0 }), " ", t(`kind-${kind}`)));
    const answer = await ask({
      title: t("propose"), yes: t("propose-send"),
      body: [h("div", { class: "radios", role: "radiogroup", "aria-label": t("kind") }, kinds),
        control(t("propose-source"), h("input", { name: "source", value: inSource ? chosen : "", required: true, maxlength: "500", lang: "zh-Hans", autofocus: true })),
        control(t("propose-target"), h("input", { name: "target", value: target || (inSource ? "" : chosen), maxlength: "500", lang: this.state.setup.locale })),
        control(t("propose-field"), h("select", { name: "field" }, h("option", { value: "" }, t("every-field")), h("option", { value: segment.field }, fieldName(segment.field)))),
        control(t("propose-note"), textArea("note", "", { rows: "2" }))],
    });
    if (!answer) return;
    const { market, listing } = this.state.setup;
    try {
      await call("POST", "/api/proposals", { ...answer, market, listing, position: segment.position });
      toast(t("said-proposed"));
    } catch (problem) {
      this.editor.trouble(problem);
    }
  }

  /** Take back the last deed, wherever it was done. */
  async undo() {
    if (this.editor.closed() || this.undoing) return;
    this.undoing = true;
    await this.editor.saved();
    try {
      const done = await call("POST", "/api/undo", {});
      const words = t("said-undone", { what: known(`act-${done.undone}`) ? t(`act-${done.undone}`) : done.undone, left: done.left });
      const elsewhere = done.market && (done.market !== this.state.setup.market || Number(done.listing) !== Number(this.state.setup.listing));
      if (elsewhere) {
        put(RETURNED, words);
        window.location.assign(`/pages/${done.market}/${done.listing}${this.state.setup.query}${Number.isInteger(done.position) ? `#text-${done.position}` : ""}`);
        return;
      }
      await this.reload(Number.isInteger(done.position) ? done.position : undefined);
      toast(words, { kind: "is-only" });
    } catch (problem) {
      toast(problem.code === "overtaken" ? t("overtaken") : problem.message, { kind: "is-error" });
      announce(problem.code === "overtaken" ? t("overtaken") : problem.message, true);
    } finally {
      this.undoing = false;
    }
  }

  help() {
    document.getElementById("help").showModal();
  }

  async deed(name, body, words) {
    try {
      const answer = await call("POST", this.state.path(name), body);
      if (answer.page) this.state.replace(null, answer.page);
      toast(words, { kind: "is-only", action: { words: t("undo"), key: "u", run: () => this.undo() } });
      return true;
    } catch (problem) {
      this.editor.trouble(problem);
      return false;
    }
  }

  /** Read the page anew and stay where we are, or go to a position. What is typed stays. */
  async reload(position = this.editor.open?.position, { comments = false } = {}) {
    let opened;
    try {
      opened = await call("GET", this.state.path().concat(this.state.setup.audit));
    } catch (problem) {
      this.editor.trouble(problem);
      return;
    }
    if (comments) {
      this.state.comments = opened.comments;
      this.state.emit("comments");
      return;
    }
    document.getElementById("end").hidden = true;
    this.editor.open = null;
    this.editor.list.active = null;
    this.state.load(opened);
    this.editor.panel.follow(true);
    if (position !== undefined) this.editor.activate(position, { quiet: true });
  }
}
