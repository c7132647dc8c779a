// What checks and rules say of a text while it is written: asked again at every rest, answered in order.

import { call } from "./api.js";
import { ranked } from "./state.js";
import { t } from "./words.js";

const REST = 120; // ms without a key, after which the text is checked
const PATIENCE = 3000; // ms until a check that failed is tried again

/** Checks one text at a time. `told(position)` is called when something is known, `says(position, words)` meanwhile. */
export class Checker {
  constructor(state, told, says) {
    this.state = state;
    this.told = told;
    this.says = says;
    this.number = 0;
  }

  /** Check the present text of a segment after a rest; an earlier question is not waited for any more. */
  plan(position, rest = REST) {
    window.clearTimeout(this.waiting);
    this.running?.abort();
    this.number += 1;
    const { number } = this;
    this.says(position, t("checking"));
    this.waiting = window.setTimeout(() => this.#ask(position, number), rest);
  }

  /** Note an answer that came with a deed. */
  note(position, text, check) {
    this.state.checks.set(position, { ...check, text, findings: ranked(check.findings) });
    this.told(position);
  }

  stop() {
    window.clearTimeout(this.waiting);
    this.running?.abort();
    this.number += 1;
  }

  async #ask(position, number) {
    const segment = this.state.segment(position);
    if (!segment) return;
    const text = this.state.text(segment);
    if (text === segment.target) {
      this.state.checks.delete(position);
      this.says(position, "");
      this.told(position);
      return;
    }
    this.running = new AbortController();
    const { signal } = this.running;
    try {
      const check = await call("POST", this.state.path("segments", position, "recheck") + this.state.setup.audit, { target: text }, { signal });
      if (number !== this.number) return; // somebody wrote on meanwhile
      this.says(position, "");
      this.note(position, text, check);
    } catch (problem) {
      if (signal.aborted || number !== this.number) return;
      this.says(position, problem.code === "offline" ? t("unchecked-offline") : t("unchecked", { why: problem.message }));
      if (["offline", "slow-down", "busy"].includes(problem.code)) this.waiting = window.setTimeout(() => this.#ask(position, number), PATIENCE);
    }
  }
}
