// What one page of the editor leaves for the next one, in this tab of the browser only.

export const RETURNED = "shopglot.editor.returned"; // what was undone on a page that we came back to for it

/** What is kept under a key; it stays there. */
export function peek(key) {
  try {
    return JSON.parse(window.sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Keep something that JSON can say. */
export function put(key, value) {
  try {
    window.sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // It is only a convenience.
  }
}

/** What is kept under a key; it is gone then. */
export function take(key) {
  const value = peek(key);
  try {
    window.sessionStorage.removeItem(key);
  } catch {
    // It is only a convenience.
  }
  return value;
}
