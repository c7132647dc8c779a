// Deeds: every one is a request, and every failure says which kind it is.

import { t } from "./words.js";

/** What went wrong: `code` is the server's stable id, or `offline` where no answer came. */
export class Failure extends Error {
  constructor(code, message, status = 0, body = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/**
 * Ask the server, and return its JSON. Throws Failure; an AbortError where `signal` ended it.
 * A token that has become old is renewed once: a login in another tab leaves this one usable.
 */
export async function call(method, path, body = undefined, { signal, patience = 20000, keepalive = false } = {}) {
  const answer = await send(method, path, body, { signal, patience, keepalive });
  if (answer.status === 403 && method !== "GET" && (await readJson(answer.clone())).code?.includes("csrf")) {
    if (await renewToken()) return unpack(await send(method, path, body, { signal, patience, keepalive }));
  }
  return unpack(answer);
}

async function send(method, path, body, { signal, patience, keepalive }) {
  const limit = AbortSignal.timeout(patience);
  const headers = { Accept: "application/json", "X-CSRF-Token": token };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, {
      method,
      headers,
      keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new Failure("offline", t("offline"));
  }
}

async function unpack(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new Failure("login", t("logged-out"), 401);
  const body = await readJson(answer);
  if (answer.ok) return body;
  throw new Failure(body.code || `status-${answer.status}`, body.error || t("failed"), answer.status, body);
}

async function readJson(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

async function renewToken() {
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin", redirect: "manual" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!found || found === token) return false;
    token = found;
    return true;
  } catch {
    return false;
  }
}
