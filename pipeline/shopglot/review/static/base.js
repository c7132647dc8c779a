// What every page of the desk does: speak to the server, say what happened, dialogs, times, one key.
// Others use `window.desk`: toast(text, kind), post(url, body), send(method, url, body), get(url), say(key).

const body = document.body;
const words = { offline: body.dataset.offline, online: body.dataset.online, failed: body.dataset.failed, expired: body.dataset.expired };
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000]; // ms before each new try when the connection is lost; the last repeats
const PATIENCE = 120000;

// -- saying what happened

const toasts = document.getElementById("toasts");

/** Show a short message: kind is "", "good" or "bad". `action` is {label, run}. Returns its element. */
function toast(text, kind = "", action = null) {
  const box = document.createElement("div");
  box.className = `toast${kind ? ` toast-${kind}` : ""}`;
  const words_ = document.createElement("span");
  words_.textContent = text;
  box.append(words_);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", () => { box.remove(); action.run(); });
    box.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", body.dataset.dismiss);
  close.addEventListener("click", () => box.remove());
  box.append(close);
  toasts.append(box);
  while (toasts.children.length > 4) toasts.firstElementChild.remove();
  let rest = kind === "bad" || action ? 12000 : 5000;
  const tick = setInterval(() => { // it stays while somebody points at it or is in it
    if (!box.matches(":hover, :focus-within")) rest -= 500;
    if (rest <= 0 || !box.isConnected) { clearInterval(tick); box.remove(); }
  }, 500);
  return box;
}

// -- speaking to the server

const banner = document.getElementById("offline");
let lost = 0;

function connection(up) {
  if (up && banner.hidden === false) toast(words.online, "good");
  if (up) lost = 0;
  banner.hidden = up;
  banner.textContent = up ? "" : words.offline;
}

class Failure extends Error {
  /** status: of HTTP, 0 without an answer; code: stable word; data: what the server said. */
  constructor(message, status, code, data) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]').content;

/** Read the token of another session of the same person, begun since this page was opened; return whether there is one. */
async function renewToken() {
  try {
    const answer = await fetch("/account/token", { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error" });
    const found = answer.ok ? await answer.json() : {};
    if (!found.csrf || found.user !== body.dataset.user || found.csrf === token()) return false;
    document.querySelector('meta[name="csrf-token"]').content = found.csrf;
    for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = found.csrf;
    return true;
  } catch {
    return false;
  }
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Send a request and return the JSON of the answer, null where there is none. Rejects with a Failure whose message is fit
 * for people; it does not show it. A lost connection and a busy server are tried again for two minutes: what is sent
 * has to be such that doing it twice does no harm, or is refused the second time (`retry: false` turns this off).
 */
async function send(method, url, content = undefined, { retry = true, signal = undefined } = {}) {
  const headers = { Accept: "application/json" };
  let payload;
  if (content instanceof FormData) payload = content;
  else if (content !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(content);
  }
  const end = Date.now() + PATIENCE;
  let renewed = false;
  for (let turn = 0; ; turn += 1) {
    let answer = null;
    if (method !== "GET") headers["X-CSRF-Token"] = token();
    try {
      answer = await fetch(url, { method, headers, body: payload, credentials: "same-origin", redirect: "error", signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
    }
    if (answer !== null) connection(true);
    if (answer !== null && answer.ok) return (answer.headers.get("content-type") || "").includes("json") ? answer.json() : null;
    const again = answer === null || [429, 502, 503, 504].includes(answer.status);
    const pause = PAUSES[Math.min(turn, PAUSES.length - 1)] * (0.75 + Math.random() / 2);
    if (!again || !retry || Date.now() + pause > end) {
      if (answer === null) { connection(false); throw new Failure(words.offline, 0, "offline", null); }
      let data = null;
      try { data = await answer.json(); } catch { /* no JSON: an answer of a proxy */ }
      if (data && data.code === "csrf" && !renewed && (await renewToken())) {
        renewed = true;
        continue;
      }
      const message = answer.status === 401 ? words.expired : (data && data.error) || words.failed;
      throw new Failure(message, answer.status, (data && data.code) || "", data);
    }
    if (answer === null) connection(false);
    const asked = answer === null ? 0 : Number(answer.headers.get("retry-after") || 0) * 1000;
    await wait(Math.min(Math.max(pause, asked), 30000));
  }
}

window.desk = {
  toast,
  send,
  Failure,
  post: (url, content = {}, options = {}) => send("POST", url, content, options),
  get: (url, options = {}) => send("GET", url, undefined, options),
  language: document.documentElement.lang,
  /** Whether keys without Ctrl or Alt do things: people who speak to their machine switch that off. */
  singleKeys: () => localStorage.getItem("desk.keys") !== "off",
};

window.addEventListener("offline", () => connection(false));
window.addEventListener("online", () => connection(true));

// htmx: its mistakes are told in the same way; it tries nothing again.
body.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  let said = "";
  try { said = JSON.parse(answer.responseText).error; } catch { /* a page, not JSON */ }
  toast(answer.status === 401 ? words.expired : said || words.failed, "bad");
});
body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token();
  event.detail.headers.Accept = "text/html, application/json;q=0.9";
});
body.addEventListener("htmx:sendError", () => { connection(false); window.setTimeout(ping, 2000); });

async function ping() {
  lost += 1;
  try { await fetch("/healthz", { cache: "no-store" }); connection(true); } catch { window.setTimeout(ping, Math.min(2000 * lost, 30000)); }
}

// -- dialogs: data-opens="id" opens one, data-closes inside closes it

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) { document.getElementById(opener.dataset.opens)?.showModal(); return; }
  const closer = event.target.closest("[data-closes]");
  if (closer) { closer.closest("dialog")?.close(); return; }
  if (event.target instanceof HTMLDialogElement && event.target.dataset.sticky === undefined) {
    const box = event.target.getBoundingClientRect(); // a click on the backdrop
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) event.target.close();
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  }
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  if (!window.desk.singleKeys()) return;
  event.preventDefault();
  document.getElementById("help").showModal();
});

const single = document.getElementById("single-keys");
if (single) {
  single.checked = window.desk.singleKeys();
  single.addEventListener("change", () => localStorage.setItem("desk.keys", single.checked ? "on" : "off"));
}

// data-confirm="sentence" on a form or its button: asked before it is sent
document.addEventListener("submit", (event) => {
  const sentence = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (sentence && !window.confirm(sentence)) event.preventDefault();
});

// a box for all and boxes for some (data-all on the fieldset): one excludes the others
document.addEventListener("change", (event) => {
  const group = event.target.closest("[data-all]");
  if (!group || event.target.type !== "checkbox") return;
  const all = group.querySelector(`[name="${group.dataset.all}"]`);
  const others = [...group.querySelectorAll('[type="checkbox"]')].filter((box) => box !== all);
  if (event.target === all && all.checked) others.forEach((box) => { box.checked = false; });
  else all.checked = others.every((box) => !box.checked);
});

// -- times: written in UTC by the server, shown in the reader's own zone

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
function showTimes(root) {
  for (const element of root.querySelectorAll("time[data-when]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = element.textContent;
    element.textContent = clock.format(moment);
    element.removeAttribute("data-when");
  }
}
window.desk.showTimes = showTimes;
showTimes(document);
body.addEventListener("htmx:afterSwap", (event) => showTimes(event.target));
