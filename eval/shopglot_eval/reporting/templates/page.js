"use strict";
// The theme, the data of the page, and what is printed.

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
root.dataset.scripted = "";
for (const one of document.querySelectorAll(".scripted, .theme")) one.hidden = false;

/** Return an element with attributes and children; text is never read as markup. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const kept = { // a browser may refuse to keep anything for a file
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* then it is asked for again */ } },
};

const theme = byId("theme");
if (["light", "dark"].includes(kept.get("shopglot-theme"))) theme.value = kept.get("shopglot-theme");
root.dataset.theme = theme.value;
theme.addEventListener("change", () => {
  root.dataset.theme = theme.value;
  kept.set("shopglot-theme", theme.value);
});

if (window.matchMedia("(max-width: 1000px)").matches) document.querySelector(".toc details").open = false;

let reading = null;

/** Return the data of the page: read once, when they are first asked for. */
function data() {
  reading ??= (async () => {
    const element = byId("data");
    if (!("packed" in element.dataset)) return JSON.parse(element.textContent);
    const bytes = Uint8Array.from(atob(element.textContent), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  })();
  return reading;
}

// A scrolling part can be reached by the keyboard, where it does scroll.
function reachable() {
  const names = new Set();
  for (const part of document.querySelectorAll(".scroll")) {
    const scrolls = part.scrollWidth > part.clientWidth + 1;
    if (scrolls) {
      part.tabIndex = 0;
      part.setAttribute("role", "region");
      const place = [part.querySelector("caption"), part.closest("figure")?.querySelector("figcaption"), part.closest("section")?.querySelector("h2")];
      const name = `Table: ${place.filter(Boolean).map((one) => one.textContent.trim()).join(", ")}`;
      let own = name;
      for (let number = 2; names.has(own); number += 1) own = `${name} (${number})`;
      names.add(own);
      part.setAttribute("aria-label", own);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) part.removeAttribute(name);
    }
  }
}
addEventListener("resize", reachable);
document.addEventListener("toggle", reachable, true);

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not(.data):not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
