// What stands above and below the texts: how far the page is, whose it is, and what can be done with it.

import { announce, button, fill, h, refill, reveal } from "./dom.js";
import { known, moment, t } from "./words.js";

/** Draw what stands above the texts. */
export function drawHead(editor) {
  const { state } = editor;
  const { page } = state;
  const total = state.queue.length;
  const left = state.open.length;
  const progress = document.getElementById("progress");
  progress.querySelector("progress").max = Math.max(total, 1);
  progress.querySelector("progress").value = total - left;
  progress.querySelector("span").textContent = page.audit ? t("read-of", { done: total - left, total }) : t("done-of", { done: total - left, total });
  fill(document.getElementById("page-state"),
    page.audit ? h("span", { class: "tag" }, t("audit-of", { run: page.audit })) : null,
    page.state && page.state !== "open" ? h("span", { class: "tag" }, known(`fields.state-${page.state}`) ? t(`fields.state-${page.state}`) : page.state) : null,
    page.assignee ? h("span", { class: "faint" }, t("assigned", { to: page.assignee })) : null,
    page.due_at ? h("span", { class: "faint" }, t("due", { at: moment(page.due_at) })) : null,
    state.unsaved ? h("span", { class: "unsaved" }, t("unsaved-count", { count: state.unsaved })) : null);
  const lines = [];
  if (state.closed === "viewer") lines.push(h("p", { class: "notice" }, t("read-only")));
  if (state.closed === "claimed") {
    lines.push(h("p", { class: "notice notice-warning" }, t("claimed", { by: state.claimed.by, until: moment(state.claimed.until) }), " ",
      button(t("look-again"), "", () => editor.claim.renew(), { class: "small" }), " ",
      button(t("next-page"), "n", () => editor.nextPage(), { class: "small" })));
  }
  if (state.outdated) lines.push(h("p", { class: "notice" }, t("page-stale")));
  if (page.state === "escalated" || page.state === "returned") {
    lines.push(h("p", { class: "notice" }, t(`is-${page.state}`), " ",
      state.closed ? null : button(t("reopen-page"), "", () => editor.page.reopenPage(), { class: "small" })));
  }
  if (page.audit) {
    lines.push(h("p", { class: "notice" }, t("audit-words", { run: page.audit }), " ",
      state.closed ? null : button(t("audit-fine"), "⇧A", () => editor.page.approveAll(), { class: "small primary" })));
  }
  refill(document.getElementById("lines"), lines);
  const writes = !state.closed;
  const clean = writes ? editor.page.clean().length : 0;
  refill(document.getElementById("page-deeds"),
    writes && !page.audit ? [
      button(t("approve-all", { count: clean }), "⇧A", () => editor.page.approveAll(), { disabled: clean === 0 }),
      button(t("escalate"), "⇧E", () => editor.page.escalate()),
      button(t("send-back"), "b", () => editor.page.sendBack())] : null,
    writes ? button(t("undo"), "u", () => editor.page.undo()) : null,
    button(t("skip"), "s", () => editor.nextPage()),
    button(t("keys"), "?", () => editor.help(), { class: "quiet" }));
}

/** Say that the page is done, and how to go on. */
export function drawEnd(editor) {
  const foot = document.getElementById("end");
  const left = editor.state.open.length;
  fill(foot, h("p", {}, left ? t("left-over", { count: left }) : t("page-done"), " ",
    button(t("next-page"), "n", () => editor.nextPage(), { class: "primary" })));
  foot.hidden = false;
  reveal(foot);
  announce(left ? t("left-over", { count: left }) : t("page-done"));
}
