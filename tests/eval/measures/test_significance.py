"""Paired tests: sacrebleu's verdicts on its own ground, and what must hold beyond it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from shopglot_eval.measures.significance import Difference, compare, holm
from shopglot_eval.measures.surface import BLEU, CHRF, TER, Surface
from shopglot_eval.records import Better, Example, Figure, Form, Output, Pair

CORPUS = Path(__file__).parents[3] / "eval" / "data" / "commerce" / "dev.jsonl"
TRIALS = 500


class Worth:
    """A made-up measure: the target is the value."""

    name = "worth"
    title = "Worth"
    form: Form = "share"

    def __init__(self, better: Better = "higher") -> None:
        self.better: Better = better

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return nothing: only values count here."""
        return Figure(measure=self.name, value=None)

    def value(self, pair: Pair) -> float | None:
        """Return the target, None where it is empty."""
        return float(pair.output.target) if pair.output.target else None


def answers(targets: Sequence[object], references: Sequence[str] = (), *, together: int = 1) -> list[Pair]:
    """Return pairs of the targets, every `together` of them from one listing."""
    return [
        Pair(
            example=Example(
                id=f"e{number}", market="us", source="s", listing=f"l{number // together}",
                references=(references[number],) if references else (),
            ),
            output=Output(id=f"e{number}", target=str(target)),
        )
        for number, target in enumerate(targets)
    ]  # fmt: skip


def references(count: int) -> list[str]:
    """Return texts of the corpus that have some words."""
    lines = [json.loads(line)["us"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if len(line.split()) > 3][:count]


def spoil(lines: Sequence[str], share: float, seed: int) -> list[str]:
    """Swap two words of some lines."""
    rng, spoilt = Random(seed), []  # noqa: S311 - made-up data
    for line in lines:
        words = line.split()
        if rng.random() < share:
            at = rng.randrange(len(words) - 1)
            words[at : at + 2] = [words[at + 1], words[at]]
        spoilt.append(" ".join(words))
    return spoilt


def sacrebleu_p(
    kind: str, measure: Surface, systems: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]
) -> float:
    """Return what sacrebleu's own test says of two systems."""
    from sacrebleu.metrics import bleu, chrf
    from sacrebleu.significance import PairedTest, Result

    metric = bleu.BLEU() if measure is BLEU else chrf.CHRF()
    named: list[tuple[str, Sequence[str]]] = [(str(number), list(lines)) for number, lines in enumerate(systems)]
    _, scores = PairedTest(named, {"m": metric}, [list(one) for one in wanted], test_type=kind, n_samples=TRIALS)()
    result = scores["BLEU" if measure is BLEU else "chrF2"][1]
    assert isinstance(result, Result)
    assert result.p_value is not None
    return result.p_value


def agree_on(measure: Surface, first: Sequence[str], second: Sequence[str], wanted: Sequence[str]) -> Difference:
    """Compare both ways and with sacrebleu; the p-values must be the same, and so the verdicts."""
    found = compare(measure, answers(first, wanted), answers(second, wanted), trials=TRIALS, resamples=TRIALS)
    assert found is not None
    assert sacrebleu_p("ar", measure, [first, second], [wanted]) == pytest.approx(found.p)
    # sacrebleu's bootstrap adds up single precision: a trial may fall on the other side.
    assert sacrebleu_p("bs", measure, [first, second], [wanted]) == pytest.approx(found.p_bootstrap, abs=2.1 / TRIALS)
    return found


@pytest.mark.parametrize("measure", [BLEU, CHRF], ids=lambda one: one.name)
def test_known_cases(measure: Surface) -> None:
    """A system that is clearly worse, one that is a little, one that only differs: p-values are sacrebleu's."""
    wanted = references(120)
    base = spoil(wanted, 0.3, seed=1)
    worse = agree_on(measure, base, spoil(base, 0.6, seed=2), wanted)
    assert worse.p < 0.01
    assert worse.p_bootstrap < 0.01
    assert worse.high < 0
    little = agree_on(measure, base, spoil(wanted, 0.38, seed=5), wanted)
    assert 0.005 < little.p < 0.2
    other = agree_on(measure, base, spoil(wanted, 0.3, seed=4), wanted)
    assert other.p > 0.05
    assert other.p_bootstrap > 0.05
    assert other.low < 0 < other.high


@pytest.mark.shared
@pytest.mark.parametrize(
    ("one", "other"), [("Online-A", "Online-Y"), ("JDExploreAcademy", "DLUT"), ("Online-W", "LanguageX")]
)
def test_systems_of_wmt(shared: Path, one: str, other: str) -> None:
    """Systems of WMT22 on texts of shops, in the order in which they come."""
    folder = shared / "wmt22-zh-en"
    rows = [
        {line["idx"]: line for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
        for name in ("dev.segments.tsv", "dev.systems.tsv")
        for lines in [(folder / name).read_text(encoding="utf-8").splitlines()]
    ]
    indices = [index for index, row in rows[0].items() if row["domain"] == "ecommerce"]
    wanted = [rows[0][index]["refA_en"] for index in indices]
    first, second = ([rows[1][index][name] for index in indices] for name in (one, other))
    for measure in (BLEU, CHRF):
        agree_on(measure, first, second, wanted)


def test_nothing_changed() -> None:
    """Equal systems do not differ: here p is 1, where sacrebleu calls it significant."""
    wanted = references(30)
    base = answers(spoil(wanted, 0.5, seed=1), wanted)
    for measure in (BLEU, CHRF, TER):
        found = compare(measure, base, base)
        assert found is not None
        assert (1.0, 1.0, 0.0, 0.0, 0.0) == (found.p, found.p_bootstrap, found.difference, found.low, found.high)
        assert not found.is_significant()


def test_one_changed_text_is_no_evidence() -> None:
    """With one text changed, every swap gives the same difference: p is 1, where sacrebleu's is 1 of 10,001."""
    wanted = references(30)
    changed = [*wanted[:-1], "something else"]
    found = compare(CHRF, answers(wanted, wanted), answers(changed, wanted))
    assert found is not None
    assert 1.0 == found.p
    assert found.p_bootstrap > 0.1


@pytest.mark.parametrize(("count", "exact"), [(5, 2 / 2**5), (6, 2 / 2**6), (8, 2 / 2**8)])
def test_randomisation_is_exact_where_it_can_be_counted(count: int, exact: float) -> None:
    """With n texts that all got worse alike, two of 2^n swaps are as extreme."""
    found = compare(Worth(), answers([1] * count + [1] * 20), answers([0] * count + [1] * 20))
    assert found is not None
    assert exact == pytest.approx(found.p, rel=0.2)
    assert (1.0, 20 / (20 + count)) == pytest.approx((found.before, found.after))


def test_texts_of_a_listing_go_together() -> None:
    """What happens in one listing happened once, in however many of its texts."""
    before, after = [1] * 40, [0] * 10 + [1] * 30
    alone = compare(Worth(), answers(before), answers(after))
    together = compare(Worth(), answers(before, together=10), answers(after, together=10))
    by_text = compare(Worth(), answers(before, together=10), answers(after, together=10), unit="text")
    assert alone is not None
    assert together is not None
    assert (40, 40) == (alone.texts, alone.listings)
    assert (40, 4) == (together.texts, together.listings)
    assert alone.p < 0.01
    assert 1.0 == together.p
    assert alone == by_text


@pytest.mark.parametrize(("better", "gain"), [("higher", -0.25), ("lower", 0.25), ("", 0.0)])
def test_gain_has_a_direction(better: Better, gain: float) -> None:
    """Less is worse, better or neither, as the measure says."""
    found = compare(Worth(better), answers([1] * 40), answers([1] * 30 + [0] * 10))
    assert found is not None
    assert (-0.25, gain) == (found.difference, found.gain)
    assert found.low <= -0.25 <= found.high < 0


def test_values_that_one_side_lacks() -> None:
    """Texts that a measure has for one system only are left out on both sides."""
    found = compare(Worth(), answers([1, 1, "", 0]), answers([0, "", 1, 0]))
    assert found is not None
    assert (2, 0.5, 0.0) == (found.texts, found.before, found.after)
    assert compare(Worth(), answers([""]), answers([""])) is None
    assert compare(Worth(), [], []) is None


@pytest.mark.parametrize("change", [lambda pairs: pairs[:-1], lambda pairs: [*pairs, pairs[0]], lambda pairs: []])
def test_other_examples(change: Callable[[list[Pair]], list[Pair]]) -> None:
    """Systems that answered different examples cannot be compared."""
    base = answers([1, 2, 3])
    with pytest.raises(ValueError, match="same examples"):
        compare(Worth(), base, change(base))


def test_order_of_answers_does_not_matter() -> None:
    """Answers are matched by the example, not by their place."""
    base, other = answers([1, 0, 1, 0, 1]), answers([0, 0, 1, 1, 1])
    assert compare(Worth(), base, other) == compare(Worth(), base, other[::-1])


def test_false_alarms() -> None:
    """Among pairs of systems that differ by chance only, about one in twenty is called significant, not more."""
    rng = Random(8)  # noqa: S311 - made-up data
    alarms = 0
    for _ in range(200):
        one, other = ([rng.randrange(2) for _ in range(40)] for _ in range(2))
        found = compare(Worth(), answers(one), answers(other), trials=400, resamples=40)
        assert found is not None
        alarms += found.is_significant()
    assert alarms <= 18  # 10 are expected; more than 18 come in 1 of 200 such tests


def test_holm() -> None:
    """Holm's own procedure: the smallest p is multiplied by all, the next by one less, never falling."""
    assert [0.03, 0.06, 0.06, 0.02] == pytest.approx(holm([0.01, 0.03, 0.04, 0.005]))
    assert [1.0, 1.0] == holm([0.9, 0.8])
    assert [] == holm([])
    assert [0.03] == holm([0.03])
