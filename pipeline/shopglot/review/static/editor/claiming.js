// The page is one person's while they work on it: claimed when it is opened, again and again, and given back.

import { call } from "./api.js";

const AGAIN = 180_000; // ms
const LOOK = 30_000; // ms, while somebody else has it

/** Claim the page of a state and keep it; tells the state who has it. Viewers claim nothing. */
export class Claim {
  constructor(state, troubled) {
    this.state = state;
    this.troubled = troubled;
    this.mine = false;
    if (state.may("translator") && !state.page.audit) {
      this.renew();
      window.addEventListener("pagehide", () => this.release());
      window.addEventListener("pageshow", (event) => event.persisted && this.renew());
      document.addEventListener("visibilitychange", () => !document.hidden && Date.now() - this.asked > AGAIN && this.renew());
    }
  }

  async renew() {
    window.clearTimeout(this.waiting);
    this.asked = Date.now();
    let wait = AGAIN;
    try {
      const answer = await call("POST", this.state.path("claim"), {});
      this.mine = answer.mine;
      this.state.claim(answer.mine ? null : { by: answer.by, until: answer.until });
      if (!answer.mine) wait = LOOK;
    } catch (problem) {
      if (problem.status === 409) {
        this.mine = false;
        this.state.claim({ by: problem.body.by ?? problem.body.claimed_by ?? "?", until: problem.body.until ?? problem.body.claimed_until });
        wait = LOOK;
      } else {
        this.troubled(problem);
      }
    }
    this.waiting = window.setTimeout(() => this.renew(), wait);
  }

  /** Give the page back. It is a farewell: nobody waits for the answer. */
  release() {
    window.clearTimeout(this.waiting);
    if (!this.mine) return;
    this.mine = false;
    call("POST", this.state.path("release"), {}, { keepalive: true }).catch(() => {});
  }
}
