// How long somebody works on a segment: time in which the page is in sight and something is done.

const IDLE = 60_000; // ms without a key or a pointer, after which nobody is taken to be at work

export class Timer {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.spent = new Map(); // position -> ms
    this.position = null;
    this.since = null;
    this.touched = now();
    for (const name of ["keydown", "pointermove", "pointerdown", "wheel"]) {
      document.addEventListener(name, () => this.touch(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.touch()));
  }

  /** Something was done: a rest that was too long does not count. */
  touch() {
    const now = this.now();
    if (this.since === null || now - this.touched > IDLE) {
      this.stop(this.touched + IDLE);
      this.since = now;
    }
    this.touched = now;
  }

  stop(at = this.now()) {
    if (this.since !== null && this.position !== null) {
      const end = Math.min(at, this.now(), this.touched + IDLE);
      this.spent.set(this.position, (this.spent.get(this.position) ?? 0) + Math.max(0, end - this.since));
    }
    this.since = null;
  }

  /** Somebody turns to a segment. */
  turn(position) {
    this.stop();
    this.position = position;
    this.since = document.hidden ? null : this.now();
    this.touched = this.now();
  }

  /** The seconds spent on a segment so far; they begin anew. */
  take(position) {
    if (position === this.position) {
      this.stop();
      this.since = document.hidden ? null : this.now();
    }
    const spent = (this.spent.get(position) ?? 0) / 1000;
    this.spent.delete(position);
    return Math.round(spent * 10) / 10;
  }
}
