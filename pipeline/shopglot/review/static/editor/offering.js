// A text that was approved may be wanted elsewhere: other pages wait with the same one.

import { call } from "./api.js";
import { toast } from "./dialogs.js";
import { button, fill, h } from "./dom.js";
import { put, take } from "./remembering.js";
import { t } from "./words.js";

const OFFER = "shopglot.editor.offer";

/** The offer to use an approved text for identical ones. It is made once, and may be taken on the next page. */
export class Offer {
  constructor(editor) {
    this.editor = editor;
  }

  get state() {
    return this.editor.state;
  }

  make(offer) {
    this.state.offers = [offer];
    put(OFFER, offer); // it may be answered on the next page
    this.show();
  }

  show() {
    const place = document.getElementById("offer");
    const offer = this.state.offers[0];
    place.hidden = !offer;
    if (!offer) {
      fill(place);
      return;
    }
    fill(place, h("p", {}, offer.count === 1 ? t("identical-one") : t("identical", { count: offer.count }), " ", h("q", {}, offer.text)),
      button(t("yes"), "i", () => this.takeOver(), { class: "small primary" }),
      button(t("no"), "", () => this.#forget(), { class: "small" }));
  }

  #forget() {
    this.state.offers = [];
    take(OFFER);
    this.show();
  }

  /** Show the offer that the page before has left. */
  recall() {
    const offer = take(OFFER);
    if (offer) this.state.offers = [offer];
    this.show();
  }

  /** Give the text that was approved to identical ones on other pages. */
  async takeOver() {
    const offer = this.state.offers[0];
    if (!offer || this.editor.closed()) return;
    this.#forget();
    try {
      const path = ["/api/pages", offer.market, offer.listing, "segments", offer.position, "propagate"].join("/");
      const answer = await call("POST", path, {});
      toast(t("said-propagated", { count: answer.pages }), { action: { words: t("undo"), key: "u", run: () => this.editor.page.undo() } });
    } catch (problem) {
      this.editor.trouble(problem);
    }
  }
}
