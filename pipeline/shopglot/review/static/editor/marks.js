// Texts with marks on them: findings underlined where they stand, terms, and what is opaque.

import { h } from "./dom.js";
import { Ruler } from "./offsets.js";

// What nobody sees in a text and everybody should: controls, zero-width characters, marks of direction.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/;
const QUIET = new Set(["emoji"]); // masks that are clear enough by themselves

/** Spans of a segment's source, in units: findings (numbered as in the list), terms, masks. */
export function sourceSpans(source, { findings = [], terms = [], masks = [] }) {
  const ruler = new Ruler(source);
  const at = (one) => ({ start: ruler.unit(one.start), end: ruler.unit(one.end) });
  return [
    ...findings.map((one, index) => ({ finding: one, number: index + 1 })).filter((one) => one.finding.side === "source")
      .map((one) => ({ ...at(one.finding), ...one, kind: "finding" })),
    ...terms.map((term, index) => ({ ...at(term), kind: "term", term, number: index + 1 })),
    ...masks.filter((mask) => !QUIET.has(mask.kind)).map((mask) => ({ ...at(mask), kind: "mask", mask })),
  ];
}

/** Spans of the findings on a target, in units. */
export function targetSpans(target, findings) {
  const ruler = new Ruler(target);
  return findings
    .map((finding, index) => ({ finding, number: index + 1 }))
    .filter((one) => one.finding.side === "target" && !one.finding.dismissed)
    .map((one) => ({
      ...one, kind: "finding", start: ruler.unit(one.finding.start), end: ruler.unit(one.finding.end),
    }));
}

/**
 * Return a text with its spans as elements. `badges` puts the number of a finding behind it; without, the fragment has
 * exactly the characters of the text, so that it can lie behind a text area. `onterm` makes terms buttons.
 */
export function paint(text, spans, { badges = true, onterm = null } = {}) {
  const fragment = document.createDocumentFragment();
  const inside = spans.filter((span) => span.end > span.start && span.start < text.length);
  const empty = badges ? spans.filter((span) => span.end <= span.start) : [];
  const edges = new Set([0, text.length]);
  for (const span of inside) edges.add(span.start).add(Math.min(span.end, text.length));
  for (const span of empty) edges.add(Math.min(span.start, text.length));
  const sorted = [...edges].sort((one, other) => one - other);
  badge(fragment, empty.filter((span) => span.start === 0 && text.length > 0));
  for (let index = 0; index + 1 < sorted.length; index += 1) {
    const [start, end] = [sorted[index], sorted[index + 1]];
    const covering = inside.filter((span) => span.start <= start && span.end >= end);
    fragment.append(piece(text.slice(start, end), covering, start, badges, onterm));
    if (badges) {
      badge(fragment, inside.filter((span) => span.kind === "finding" && Math.min(span.end, text.length) === end));
      badge(fragment, empty.filter((span) => span.start > 0 && Math.min(span.start, text.length) === end));
    }
  }
  if (text.length === 0) badge(fragment, empty);
  return fragment;
}

function piece(text, covering, start, badges, onterm) {
  const content = badges ? shown(text) : document.createTextNode(text);
  if (covering.length === 0) return content;
  const classes = new Set();
  const attributes = {};
  for (const span of covering) {
    if (span.kind === "finding") {
      classes.add("finding").add(`is-${span.finding.severity}`);
      if (span.finding.dismissed) classes.add("is-dismissed");
    } else if (span.kind === "mask") {
      classes.add("mask").add(`mask-${span.mask.kind}`);
    } else {
      classes.add("term");
      if (span.term.forbidden?.length) attributes["data-forbidden"] = span.term.forbidden.join(" · ");
      const note = span.term.note ? ` — ${span.term.note}` : "";
      attributes["data-tip"] = `${span.term.source} → ${span.term.target || "∅"}${note}`;
      // Only where a term begins: one that a finding cuts in two is still one stop for the keyboard.
      if (onterm && span.start === start) {
        attributes.tabindex = "0";
        attributes.role = "button";
        attributes["aria-label"] = attributes["data-tip"];
        attributes.onclick = () => onterm(span.number);
        attributes.onkeydown = (event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          event.preventDefault();
          event.stopPropagation();
          onterm(span.number);
        };
      }
    }
  }
  return h("span", { class: [...classes].join(" "), ...attributes }, content);
}

function badge(parent, spans) {
  for (const span of spans) {
    const { severity, dismissed } = span.finding;
    parent.append(h("sup", { class: `badge is-${severity}${dismissed ? " is-dismissed" : ""}` }, String(span.number)));
  }
}

/** The text with a visible sign for each character that nobody could see. */
export function shown(text) {
  if (!HIDDEN.test(text)) return document.createTextNode(text);
  const fragment = document.createDocumentFragment();
  let plain = "";
  for (const character of text) {
    // Iteration gives whole pairs: a surrogate that comes alone is half of one.
    if (character.length === 1 && HIDDEN.test(character)) {
      if (plain) fragment.append(plain);
      plain = "";
      const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
      fragment.append(h("span", { class: "hidden-character", title: `U+${code}` }, code));
    } else {
      plain += character;
    }
  }
  if (plain) fragment.append(plain);
  return fragment;
}

/** A difference [[op, text], …], of `diff` or of the server, as elements: what went is `del`, what came is `ins`. */
export function paintDiff(parts) {
  const fragment = document.createDocumentFragment();
  for (const [op, text] of parts) {
    const tag = { "-": "del", gone: "del", "+": "ins", new: "ins" }[op];
    fragment.append(tag ? h(tag, {}, shown(text)) : shown(text));
  }
  return fragment;
}
