// The interface's words, as the server has put them into the page.

const words = JSON.parse(document.getElementById("words").textContent);
const language = document.documentElement.lang || "en";

/** The words for a key, with `{name}` replaced; a key that nobody has words for shows itself. */
export function t(key, values = {}) {
  const template = words[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (found, name) => (name in values ? String(values[name]) : found));
}

/** Whether there are words for a key. */
export function known(key) {
  return key in words;
}

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** A moment of today as the time of day, another one with its date. */
export function moment(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return String(iso);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : day.format(at);
}

/** The words for the kind of a field. */
export function fieldName(field) {
  return known(`fields.field-${field}`) ? t(`fields.field-${field}`) : field;
}
