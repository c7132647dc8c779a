// Small helpers for elements. No text ever becomes markup: everything goes in as text nodes.

/** Return an element; attributes that are null or false are left out, `on*` are listeners, children may be nested. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Put children into an element: nodes, strings, arrays of them; null and false are left out. */
export function append(element, children) {
  for (const child of Array.isArray(children) ? children : [children]) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replace everything in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** Replace everything in an element; the focus stays on the control that takes the place of the one that had it. */
export function refill(element, ...children) {
  const controls = () => [...element.querySelectorAll("button, a")];
  const at = controls().indexOf(document.activeElement);
  fill(element, ...children);
  if (at >= 0) controls()[at]?.focus({ preventScroll: true });
}

/** A button with its words, the key that does the same, and what it does. */
export function button(words, key, onclick, attributes = {}) {
  const keys = key ? h("kbd", { "aria-hidden": "true" }, key) : null;
  return h("button", { type: "button", ...attributes, onclick, "aria-keyshortcuts": spoken(key) }, words, keys);
}

function spoken(key) {
  if (!key) return null;
  return key.replaceAll("⇧", "Shift+").replaceAll("↵", "Enter").replaceAll("⌥", "Alt+");
}

/** Forget what is typed into a control, and give the focus to it once it is there. */
export function focus(element) {
  if (element) element.focus({ preventScroll: true });
}

const reduced = window.matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Bring an element into sight, its top first and no further than is needed; without motion where that is not wanted.
 * `above` is what sticks to the top of the window, in pixels.
 */
export function reveal(element, above = 60) {
  const box = element.getBoundingClientRect();
  const height = window.innerHeight;
  let way = 0;
  if (box.top < above || box.height > height - above) way = box.top - above;
  else if (box.bottom > height - 16) way = Math.min(box.bottom - height + 16, box.top - above);
  if (box.height > height - above && box.top >= above && box.top < height * 0.4) way = 0; // its top is well in sight
  if (way) window.scrollBy({ top: way, behavior: reduced.matches ? "instant" : "smooth" });
}

/** Say something to those who cannot see it; `urgent` interrupts. */
export function announce(text, urgent = false) {
  const region = document.getElementById(urgent ? "said-now" : "said");
  region.textContent = "";
  // A region that is given the same words twice is read once, unless it was empty in between.
  window.setTimeout(() => {
    region.textContent = text;
  }, 30);
}
