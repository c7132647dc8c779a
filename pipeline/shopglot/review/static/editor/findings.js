// The findings of the open text: what is wrong, why it holds the text, and what can be done about each.

import { button, h } from "./dom.js";
import { shown } from "./marks.js";
import { known, t } from "./words.js";

/** Why findings may be set aside; the number is the key. The last one needs a note. */
export const REASONS = ["false-alarm", "meant-so", "fine-here", "checked", "other"];

const RULE = /^(?:common|us|hk|mo|tw)\./;
const HAN = /\p{Script=Han}/u;

/** Reasons as choices of a chooser. */
export function reasonChoices(run) {
  return REASONS.map((reason) => ({
    label: t(`reason-${reason}`), hint: t(`reason-${reason}-hint`), note: reason === "other" ? "must" : null,
    run: (note) => run({ reason, note }),
  }));
}

/** What a check or rule is called. */
export function checkName(id) {
  return known(`reasons.${id}`) ? t(`reasons.${id}`) : id;
}

/**
 * Return the list of findings. `deeds` has dismiss(index), restore(index), apply(index), override(index), show(index);
 * those that are null are not offered.
 */
export function findingsList(findings, deeds) {
  if (findings.length === 0) return h("p", { class: "faint none" }, t("no-findings"));
  let number = 0;
  return h("ol", { class: "findings" }, findings.map((finding, index) => {
    const set = finding.dismissed;
    const words = offered(finding);
    const own = words && deeds.apply ? (number += 1) : 0;
    const item = h("li", {
      class: `is-${finding.severity}${set ? " is-dismissed" : ""}`,
      onmouseenter: () => deeds.show(index, true), onmouseleave: () => deeds.show(index, false),
    },
      h("span", { class: `badge is-${finding.severity}` }, String(index + 1)),
      h("div", { class: "finding-body" },
        h("p", {},
          h("strong", { class: "severity" }, t(`fields.severity-${finding.severity}`)), " ",
          h("span", { class: "check", title: finding.check }, finding.name || checkName(finding.check)), " ",
          finding.text ? h("q", { lang: finding.side === "source" ? "zh-Hans" : null }, shown(finding.text)) : null,
          finding.blocks ? h("span", { class: "tag blocks" }, t("blocks")) : null,
          finding.holds && !finding.blocks && !set ? h("span", { class: "tag" }, t("holds")) : null),
        h("p", { class: "message", lang: finding.message_lang ?? null }, shown(finding.message || finding.message_zh || "")),
        finding.suggestion && !own ? h("p", { class: "advice" }, h("span", {}, t("advice")), " ", shown(finding.suggestion)) : null,
        finding.basis ? h("p", { class: "faint basis" }, h("span", {}, t("basis")), " ", finding.basis) : null,
        set ? h("p", { class: "faint" }, t("set-aside-by", { by: set.by, reason: known(`reason-${set.reason}`) ? t(`reason-${set.reason}`) : set.reason }),
          set.note ? `: ${set.note}` : "") : null),
      h("div", { class: "finding-deeds" },
        own ? button([h("span", {}, t("use")), h("ins", {}, shown(words))], own < 10 ? `Alt ${own}` : "", () => deeds.apply(index), { class: "small use" }) : null,
        set && deeds.restore ? button(t("restore"), "", () => deeds.restore(index), { class: "small" }) : null,
        !set && finding.blocks && deeds.override ? button(t("override"), "", () => deeds.override(index), { class: "small" }) : null,
        !set && finding.holds && !finding.blocks && deeds.dismiss ? button(t("dismiss"), index < 9 ? `d ${index + 1}` : "", () => deeds.dismiss(index), { class: "small" }) : null));
    return item;
  }));
}

/** The findings that offer words, in the order of their keys: [{finding, index}]. */
export function suggestions(findings) {
  return findings.map((finding, index) => ({ finding, index })).filter((one) => offered(one.finding));
}

/**
 * The words that a finding offers in place of its own, "" where it has none. What a check suggests is such words; what
 * a rule suggests may be advice, or several ways to say it, one for each script.
 */
export function offered(finding) {
  const { suggestion = "", check, side } = finding;
  if (!RULE.test(check)) return suggestion;
  if (side !== "target" || /[.。;；…]|, (?:or|if|and)\b/.test(suggestion)) return "";
  const quoted = /^(?:「[^」]+」)+$/.test(suggestion) ? suggestion.slice(1, -1).split("」「") : null;
  const ways = quoted ?? suggestion.split(" / ");
  return ways.find((way) => HAN.test(way) === HAN.test(finding.text)) ?? "";
}
