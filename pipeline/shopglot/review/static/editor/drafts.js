// Texts that nobody has saved yet: they outlive a reload, a crash and a lost connection.

const PREFIX = "shopglot.draft";

/** The drafts of one user on one page. A draft is known by its position and by the state of the segment it was begun on. */
export class Drafts {
  constructor(user, market, listing, storage = window.localStorage) {
    this.stem = [PREFIX, encodeURIComponent(user), market, listing].join(":");
    this.storage = storage;
  }

  key(position, seen) {
    return `${this.stem}:${position}:${seen}`;
  }

  /** Keep a text; false where the browser has no room or does not let us. */
  keep(position, seen, text, base) {
    try {
      this.storage.setItem(this.key(position, seen), JSON.stringify({ text, base, at: new Date().toISOString() }));
      return true;
    } catch {
      return false;
    }
  }

  /** Forget every draft of a position, or that of one state only. */
  forget(position, seen = null) {
    try {
      if (seen !== null) {
        this.storage.removeItem(this.key(position, seen));
        return;
      }
      for (const key of this.keys(position)) this.storage.removeItem(key);
    } catch {
      // Without storage there is nothing to forget.
    }
  }

  /** The newest draft of a position: {text, base, at, seen}, or null. `seen` says on which state it was begun. */
  find(position) {
    let newest = null;
    for (const key of this.keys(position)) {
      try {
        const draft = JSON.parse(this.storage.getItem(key));
        if (typeof draft?.text === "string" && (newest === null || draft.at > newest.at)) {
          newest = { ...draft, seen: key.slice(`${this.stem}:${position}:`.length) };
        }
      } catch {
        // A draft that cannot be read is no draft.
      }
    }
    return newest;
  }

  keys(position) {
    const stem = `${this.stem}:${position}:`;
    try {
      return Object.keys(this.storage).filter((key) => key.startsWith(stem));
    } catch {
      return [];
    }
  }
}
