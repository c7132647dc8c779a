"""BLEU, chrF, chrF++ and TER against what people wrote: sacrebleu's numbers, to the last digit.

Values, signatures and intervals are those of `sacrebleu --confidence` on the same texts, where each text stands alone.
Where several are of one listing, listings are drawn instead (see `additive`), which gives wider and honester bounds.
The tokenizer goes by the language of the market: `zh` for Chinese ones (BLEU), single characters (TER with `normalized`
and `asian_support`, for without the first the second does nothing), `13a` for others. chrF++ counts words between
spaces, so on Chinese it says little that chrF does not say.

The counts of a text are kept, so that its slices cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Literal

from shopglot_eval.measures.additive import RESAMPLES, SEED, add_up, bounds, groups_of, resample
from shopglot_eval.measures.edits import count_edits
from shopglot_eval.records import Better, Figure, Form, Pair

if TYPE_CHECKING:
    from shopglot_eval.measures.additive import Numbers

Kind = Literal["bleu", "chrf", "chrfpp", "ter"]
SHOWN = 20  # texts that a figure names against itself
LONGEST = 2_000  # words (characters of Chinese) of a text that TER counts: it takes seconds beyond
ORDERS = 4  # of BLEU's n-grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a text adds to the sums of a measure, its own score, and the number of its references."""

    counts: tuple[float, ...]
    sentence: float
    references: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One of the four. Values of single texts are sacrebleu's sentence scores, BLEU's with effective order."""

    name: Kind
    title: str
    better: Better = "higher"
    form: Form = "score"

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return the score of all texts that have a reference, with its interval and sacrebleu's signature.

        Raises ValueError where the pairs are of several markets: they may need several tokenizers.
        """
        markets = {pair.example.market for pair in pairs}
        if len(markets) > 1:
            raise ValueError(f"{self.name} over the markets {', '.join(sorted(markets))} at once")
        known = [(pair, found) for pair in pairs if (found := self._count(pair)) is not None]
        notes = self._left_out(pairs, len(known))
        if not known:
            return Figure(measure=self.name, value=None, better=self.better, form=self.form, note="; ".join(notes))
        rows = [found.counts for _, found in known]
        sums = add_up(rows, groups_of([pair for pair, _ in known]))
        low, high = bounds(self.scores(resample(sums))) if len(sums) > 1 else (None, None)
        if 1 < len(sums) < len(known):
            notes.append(f"interval over {len(sums)} listings")
        metric = _metric(self.name, is_chinese(markets.pop()))
        best = 1 if self.better == "higher" else -1
        worst = nsmallest(SHOWN, known, key=lambda one: best * one[1].sentence)
        return Figure(
            measure=self.name,
            value=float(metric._compute_score_from_stats(list(map(sum, zip(*rows, strict=True)))).score),
            low=low,
            high=high,
            count=len(known),
            better=self.better,
            form=self.form,
            signature=_signature(metric, {found.references for _, found in known}, drawn=low is not None),
            note="; ".join(notes),
            against=tuple(pair.example.id for pair, _ in worst),
        )

    def value(self, pair: Pair) -> float | None:
        """Return the sentence score of one text, 0 to 100 (TER may be more), None where it has no reference."""
        found = self._count(pair)
        return None if found is None else found.sentence

    def counts(self, pair: Pair) -> tuple[float, ...] | None:
        """Return sacrebleu's statistics of one text, None where it has no reference."""
        found = self._count(pair)
        return None if found is None else found.counts

    def scores(self, sums: Numbers) -> Numbers:
        """Return the score of each row of summed statistics: sacrebleu's formulas for many rows at once."""
        return {"bleu": _bleu, "chrf": _chrf, "chrfpp": _chrf, "ter": _ter}[self.name](sums)

    def _count(self, pair: Pair) -> Counted | None:
        return _count(self.name, is_chinese(pair.example.market), pair.output.target, pair.example.references)

    def _left_out(self, pairs: Sequence[Pair], measured: int) -> list[str]:
        bare = sum(not any(map(str.strip, pair.example.references)) for pair in pairs)
        long = len(pairs) - bare - measured
        notes = [f"{bare} of {len(pairs)} texts have no reference"] if bare else []
        if long:
            notes.append(f"{long} of {len(pairs)} texts have more than {LONGEST} words and are left out")
        return notes


BLEU = Surface(name="bleu", title="BLEU")
CHRF = Surface(name="chrf", title="chrF")
CHRF_WORDS = Surface(name="chrfpp", title="chrF++")
TER = Surface(name="ter", title="TER", better="lower")


@lru_cache(maxsize=64)
def is_chinese(market: str) -> bool:
    """Return whether the market reads Chinese, as its folder says; what has no folder is taken not to."""
    from shopglot.config import glossary_root
    from shopglot.market import load_market

    root = glossary_root()
    return (root / market / "market.toml").is_file() and load_market(root, market).language.startswith("zh")


@lru_cache(maxsize=16)
def _metric(kind: Kind, chinese: bool, *, sentence: bool = False) -> Any:
    from sacrebleu.metrics import bleu, chrf, ter

    if kind == "bleu":
        return bleu.BLEU(tokenize="zh" if chinese else "13a", effective_order=sentence)
    if kind == "ter":
        return ter.TER(normalized=chinese, asian_support=chinese)
    return chrf.CHRF(word_order=2 if kind == "chrfpp" else 0)


@lru_cache(maxsize=2**18)
def _count(kind: Kind, chinese: bool, target: str, references: tuple[str, ...]) -> Counted | None:
    """Count a text against its references; None where it has none, or where TER would take too long."""
    given = [reference for reference in references if reference.strip()]
    if not given:
        return None
    metric = _metric(kind, chinese)
    own, others = metric._preprocess_segment(target), [metric._preprocess_segment(one) for one in given]
    if kind == "ter":
        words, wanted = own.split(), [other.split() for other in others]
        if max(map(len, [words, *wanted])) > LONGEST:
            return None
        edits, lengths = zip(*(count_edits(words, other) for other in wanted), strict=True)
        counts = (float(min(edits)), sum(lengths) / len(lengths))
    else:
        counts = tuple(metric._compute_segment_statistics(own, metric._extract_reference_info(others)))
    sentence = _metric(kind, chinese, sentence=True)._compute_score_from_stats(list(counts)).score
    return Counted(counts=counts, sentence=float(sentence), references=len(given))


def _signature(metric: Any, references: set[int], *, drawn: bool) -> str:
    metric.num_refs = references.pop() if len(references) == 1 else -1
    signature = metric.get_signature()
    if drawn:
        signature.update("bs", RESAMPLES)
        signature.update("seed", SEED)
    return str(signature)


def _bleu(sums: Numbers) -> Numbers:
    import numpy as np

    length, wanted = sums[:, 0], sums[:, 1]
    right, total = sums[:, 2 : 2 + ORDERS], sums[:, 2 + ORDERS :]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Orders without a match count as half of one, then a quarter, ... (smoothing `exp`, NIST's).
        smoothed = 1 / 2.0 ** np.cumsum(right == 0, axis=1)
        shares = 100 * np.where(right == 0, smoothed, right) / total
        brevity = np.where(length < wanted, np.exp(1 - wanted / length), 1.0)
        found = brevity * np.exp(np.log(shares).sum(axis=1) / ORDERS)
    return np.where((right > 0).any(axis=1) & (total > 0).all(axis=1), found, 0.0)


def _chrf(sums: Numbers) -> Numbers:
    import numpy as np

    own, wanted, right = sums[:, 0::3], sums[:, 1::3], sums[:, 2::3]
    both = (own > 0) & (wanted > 0)
    orders = both.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(both, right / own, 0).sum(axis=1) / orders
        recall = np.where(both, right / wanted, 0).sum(axis=1) / orders
        found = 100 * 5 * precision * recall / (4 * precision + recall)  # beta is 2
    return np.where((orders > 0) & (precision + recall > 0), found, 0.0)


def _ter(sums: Numbers) -> Numbers:
    import numpy as np

    edits, length = sums[:, 0], sums[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return 100 * np.where(length > 0, edits / length, (edits > 0) * 1.0)
