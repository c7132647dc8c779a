// Every key of the editor in one table: the dialog that explains them is drawn from it, too.

import { digit } from "./chooser.js";

/** What keys do: {keys, words, area}; `run` names a deed of the editor. Shown in this order. */
export const KEYMAP = [
  { area: "text", keys: "Enter / Ctrl+Enter", words: "key-approve" },
  { area: "text", keys: "e", words: "key-edit", run: "edit" },
  { area: "text", keys: "Esc", words: "key-leave" },
  { area: "text", keys: "x", words: "key-reject", run: "askError" },
  { area: "text", keys: "1 / 2 / 3 / 4 / 5", words: "key-reason" },
  { area: "text", keys: "d 1 … 9", words: "key-dismiss", run: "askFinding" },
  { area: "text", keys: "u / Ctrl+Z", words: "key-undo", run: "undo" },
  { area: "text", keys: "i", words: "key-identical", run: "takeOver" },
  { area: "help", keys: "Alt+1 … 9", words: "key-suggestion" },
  { area: "help", keys: "t 1 … 9 / Alt+Shift+1 … 9", words: "key-term", run: "askTerm" },
  { area: "help", keys: "m 1 … 9", words: "key-match", run: "askMatch" },
  { area: "help", keys: "g", words: "key-machine", run: "candidates" },
  { area: "help", keys: "v", words: "key-preview", run: "togglePreview" },
  { area: "help", keys: "a", words: "key-propose", run: "propose" },
  { area: "move", keys: "j / ↓", words: "key-next", run: "next" },
  { area: "move", keys: "k / ↑", words: "key-previous", run: "previous" },
  { area: "move", keys: "s / n", words: "key-next-page", run: "nextPage" },
  { area: "move", keys: "p", words: "key-previous-page", run: "previousPage" },
  { area: "move", keys: "q", words: "key-queue", run: "queue" },
  { area: "page", keys: "Shift+A", words: "key-approve-all", run: "approveAll" },
  { area: "page", keys: "c", words: "key-comment", run: "comment" },
  { area: "page", keys: "Shift+E", words: "key-escalate", run: "escalate" },
  { area: "page", keys: "b", words: "key-send-back", run: "sendBack" },
  { area: "page", keys: "?", words: "key-help", run: "help" },
];

const PLAIN = Object.fromEntries(
  KEYMAP.filter((one) => one.run).flatMap((one) => one.keys.split(" / ")
    .map((keys) => keys.split(" ")[0]).filter((key) => key.length === 1).map((key) => [key, one.run])),
);
PLAIN.ArrowDown = "next";
PLAIN.ArrowUp = "previous";
delete PLAIN["↓"];
delete PLAIN["↑"];
PLAIN.A = "approveAll";
PLAIN.E = "escalate";

/** Listen to the keyboard for an editor: an object with the deeds that the keymap names, `card()` and `closed()`. */
export function listen(editor) {
  document.addEventListener("keydown", (event) => {
    // While an input method is at work every key is its own, also the Enter that ends it.
    if (event.isComposing || event.keyCode === 229 || event.key === "Process" || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (handle(editor, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

function handle(editor, event) {
  const card = editor.card();
  const { target } = event;
  const inText = Boolean(card && target === card.writing.area);
  const typing = target.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const ours = !typing || inText;
  const command = event.ctrlKey || event.metaKey;

  if (event.key === "Enter" && command && !event.altKey && ours) {
    editor.approve();
    return true;
  }
  if (event.altKey && !command && ours && digit(event)) {
    if (event.shiftKey) editor.insertTerm(digit(event));
    else editor.applySuggestion(digit(event));
    return true;
  }
  if (card?.mode && !command && !event.altKey && (!typing || target.closest(".card-bar")) && card.mode.key(event)) return true;
  if (inText) {
    if (event.key !== "Escape") return false;
    card.writing.leave();
    card.element.focus({ preventScroll: true });
    return true;
  }
  if (typing) {
    if (event.key === "Escape") {
      target.blur();
      card?.element.focus({ preventScroll: true });
      return true;
    }
    return false;
  }
  if (command) {
    if (event.key.toLowerCase() === "z" && !event.shiftKey && !event.altKey) {
      editor.undo();
      return true;
    }
    return false;
  }
  if (event.altKey) return false;
  if (event.key === "Enter" || event.key === " ") {
    // On a button, a link or a summary these keys are its own.
    if (event.key === " " || target.closest?.("button, a, summary, [role=button], [role=tab], label")) return false;
    editor.approve();
    return true;
  }
  if (event.key.startsWith("Arrow") && target.closest?.("[role=tab], [role=menu], nav, summary")) return false;
  if (event.key.length === 1 && !window.desk.singleKeys()) return false;
  const deed = PLAIN[plainKey(event)];
  if (deed) {
    if (event.repeat && !["next", "previous"].includes(deed)) return true;
    editor[deed]();
    return true;
  }
  if (event.key.length === 1 && !/[\s\d]/.test(event.key) && card && !editor.closed()) {
    card.writing.enter(); // the key goes into the text that has the focus now
  }
  return false;
}

/** The key's name; whether a letter is a capital is for Shift to say, and not for a lock that somebody forgot. */
function plainKey({ key, shiftKey }) {
  if (!/^[a-z]$/i.test(key)) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}
