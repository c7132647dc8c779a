// The server counts code points, JavaScript counts UTF-16 units: an emoji is one of the former and two of the latter.

const SURROGATE = /[\ud800-\udfff]/;

/** Where the code points of one text begin, in UTF-16 units. Half a surrogate pair counts as one of each. */
export class Ruler {
  constructor(text) {
    this.text = text;
    this.starts = null; // null: every code point is one unit
    if (SURROGATE.test(text)) {
      const starts = [];
      let unit = 0;
      for (const character of text) {
        starts.push(unit);
        unit += character.length;
      }
      starts.push(unit);
      this.starts = starts;
    }
  }

  /** How many code points the text has. */
  get length() {
    return this.starts ? this.starts.length - 1 : this.text.length;
  }

  /** The unit at which a code point begins; offsets outside of the text are taken to its nearest end. */
  unit(point) {
    const inside = Math.max(0, Math.min(point, this.length));
    return this.starts ? this.starts[inside] : inside;
  }

  /** The code point that a unit belongs to: the inverse of `unit`. */
  point(unit) {
    if (!this.starts) return Math.max(0, Math.min(unit, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The text between two code points. */
  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

/** How many code points a text has: what a length limit counts. */
export function countPoints(text) {
  return new Ruler(text).length;
}

/**
 * What became of spans (in units) of `before` in `after`, where one stretch was replaced: those that it touched are
 * left out, those behind it have moved.
 */
export function moveSpans(spans, before, after) {
  if (before === after) return spans;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const moved = after.length - before.length;
  const kept = [];
  for (const span of spans) {
    if (span.end <= head) kept.push(span);
    else if (span.start >= before.length - tail) {
      kept.push({ ...span, start: span.start + moved, end: span.end + moved });
    }
  }
  return kept;
}
