// What is different between two texts: words of Latin script and numbers are kept whole, Han characters are not.

const TOKEN = /[\p{Script=Latin}\p{N}]+(?:['’.][\p{Script=Latin}\p{N}]+)*|\s+|./gsu;
const MOST = 1_500_000; // cells of the table; beyond it only the common ends are found

/** Return [[op, text], …] with op one of `=`, `-` (only in `before`) and `+` (only in `after`). */
export function diff(before, after) {
  const a = before.match(TOKEN) ?? [];
  const b = after.match(TOKEN) ?? [];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const parts = [];
  for (const token of a.slice(0, head)) put(parts, "=", token);
  middle(parts, a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  for (const token of a.slice(a.length - tail)) put(parts, "=", token);
  return parts;
}

/** How much of two texts is common, 0 to 1: where it is little, a difference says less than the texts themselves. */
export function likeness(parts) {
  const count = (wanted) => parts.reduce((sum, [op, text]) => sum + (wanted.includes(op) ? text.length : 0), 0);
  return count("=") / Math.max(1, count("=-"), count("=+"));
}

function middle(parts, a, b) {
  if (a.length * b.length > MOST) {
    put(parts, "-", a.join(""));
    put(parts, "+", b.join(""));
    return;
  }
  const wide = b.length + 1;
  const common = new Uint32Array((a.length + 1) * wide); // length of what is common from here on
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const here = i * wide + j;
      common[here] = a[i] === b[j] ? common[here + wide + 1] + 1 : Math.max(common[here + wide], common[here + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      put(parts, "=", a[i]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common[(i + 1) * wide + j] >= common[i * wide + j + 1])) {
      put(parts, "-", a[i]);
      i += 1;
    } else {
      put(parts, "+", b[j]);
      j += 1;
    }
  }
}

function put(parts, op, text) {
  if (!text) return;
  const last = parts[parts.length - 1];
  if (last && last[0] === op) last[1] += text;
  else parts.push([op, text]);
}
