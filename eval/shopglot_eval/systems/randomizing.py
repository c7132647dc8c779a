"""The control of a glossary: as many words as it has in a text, that are no terms, with everyday translations.

See `terms.control` for what this is about, and for how words are chosen.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shopglot.errors import UsageError
from shopglot.localizer import Localizer
from shopglot.termbase import Termbase
from shopglot.texts import cut
from shopglot.types import Json
from shopglot_eval.records import Answers, Suite
from shopglot_eval.systems.translating import texts_of, translate
from shopglot_eval.terms import control
from shopglot_eval.terms.texts import Line, shared_folder

SEED = 1


def translate_at_random(
    suite: Suite,
    market: str,
    localizer: Localizer,
    *,
    name: str = "",
    store: Path | None = None,
    attempts: int | None = None,
    shared: Path | None = None,
    seed: int = SEED,
) -> Answers:
    """Return what a localizer makes of a suite when it is given random terms in place of its own.

    It is judged by its own terms. `shared` is the folder of shared data, from which the translations of the words come,
    None for the usual one. Raises `UsageError` where the market is converted and not translated, or the data are not
    there; else as `translate`.
    """
    if not localizer.market.latin:
        raise UsageError(f"market '{market}' is converted, not translated; random terms are English.")
    texts = texts_of(suite.of(market))
    lines = [
        Line(text=number, id=example.id, references=example.references, part=cut(text, localizer))
        for number, (example, text) in enumerate(zip(suite.of(market), texts, strict=True))
    ]
    words = control.find_words(lines, localizer.termbase)
    lexicon = control.read_lexicon(shared_folder() if shared is None else shared, words)
    chosen = control.choose(lines, lexicon, seed=seed)
    answers = translate(
        suite, market, replace(localizer, termbase=Termbase(chosen.entries)), name=name, store=store, attempts=attempts,
        judge=localizer, categories=[control.category(number) for number in range(len(texts))],
    )  # fmt: skip
    told: dict[str, Json] = {"seed": seed, "wanted": chosen.wanted, "expected": chosen.expected}
    return replace(answers, about={**answers.about, "random": told})
