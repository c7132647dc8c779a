"""BLEU, chrF and TER are sacrebleu's to the last digit: against its command line, on real text and on nasty text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shopglot_eval.measures import surface
from shopglot_eval.measures.surface import BLEU, CHRF, CHRF_WORDS, SHOWN, TER, Surface
from shopglot_eval.records import Example, Output, Pair

CORPUS = Path(__file__).parents[3] / "eval" / "data" / "commerce" / "dev.jsonl"
FOUR = (BLEU, CHRF, CHRF_WORDS, TER)
OPTIONS = {
    "us": {"bleu": ["--tokenize", "13a"], "ter": []},
    "hk": {"bleu": ["--tokenize", "zh"], "ter": ["--ter-normalized", "--ter-asian-support"]},
}


def pair(
    target: str, *references: str, market: str = "us", number: int = 0, listing: str = "", source: str = "源"
) -> Pair:
    """Return a pair of a target and its references."""
    example = Example(id=f"e{number}", market=market, source=source, references=references, listing=listing)
    return Pair(example=example, output=Output(id=example.id, target=target))


def command(tmp_path: Path, measure: Surface, market: str, targets: Sequence[str], *references: Sequence[str]) -> Any:
    """Return what sacrebleu's command line says of one metric, with a confidence interval, as JSON."""
    names = []
    for number, lines in enumerate([targets, *references]):
        path = tmp_path / f"{number}.txt"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        names.append(str(path))
    kind = "chrf" if measure.name.startswith("chrf") else measure.name
    words = ["--chrf-word-order", "2"] if measure is CHRF_WORDS else []
    done = subprocess.run(
        [sys.executable, "-m", "sacrebleu", *names[1:], "-i", names[0], "-m", kind, "--confidence", "-w", "4",
         *OPTIONS[market].get(kind, []), *words],
        capture_output=True, check=True, env={**os.environ, "SACREBLEU_SEED": "12345"},
    )  # fmt: skip
    return json.loads(done.stdout)


def corpus(market: str, count: int) -> tuple[list[str], list[str]]:
    """Return references of the commerce corpus, and outputs that are partly right: the next text's words mixed in."""
    lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    wanted = [line[market] for line in lines if line.get(market) and "\n" not in line[market]][: count + 1]
    targets = []
    for number, (own, other) in enumerate(pairwise(wanted)):
        cut = len(own) * (number % 5) // 5
        targets.append(own[cut:] + own[: cut // 2] + other[: number % 3 * 4])
    return targets, wanted[:count]


@pytest.mark.parametrize("market", ["us", "hk"])
@pytest.mark.parametrize("measure", FOUR, ids=lambda one: one.name)
def test_command_line(tmp_path: Path, measure: Surface, market: str) -> None:
    """Score, signature and interval are those that `sacrebleu --confidence` prints on the same files."""
    targets, references = corpus(market, 150)
    said = command(tmp_path, measure, market, targets, references)
    found = measure.measure(
        [pair(*both, market=market, number=n) for n, both in enumerate(zip(targets, references, strict=True))]
    )
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert said["score"] == float(f"{found.value:.4f}")
    assert said["signature"] == found.signature
    # sacrebleu adds up single precision, which is good for the two digits that it prints by default.
    assert f"{said['confidence_var']:.2f}" == f"{(found.high - found.low) / 2:.2f}"
    assert found.low < found.value < found.high
    assert 150 == found.count


@pytest.mark.parametrize("measure", FOUR, ids=lambda one: one.name)
def test_several_references(tmp_path: Path, measure: Surface) -> None:
    """With two references a text, too."""
    targets, first = corpus("us", 60)
    second = [" ".join(reversed(line.split())) if n % 2 else line.upper() for n, line in enumerate(first)]
    said = command(tmp_path, measure, "us", targets, first, second)
    found = measure.measure(
        [pair(*texts, number=n) for n, texts in enumerate(zip(targets, first, second, strict=True))]
    )
    assert said["score"] == float(f"{found.value or 0:.4f}")
    assert said["signature"] == found.signature
    assert "nrefs:2" in found.signature


@pytest.mark.parametrize("measure", FOUR, ids=lambda one: one.name)
def test_missing_references(tmp_path: Path, measure: Surface) -> None:
    """Texts without a reference are left out and counted: the rest has the score of files without those lines."""
    targets, references = corpus("hk", 40)
    pairs = [
        pair(target, *([] if n % 4 == 0 else [" "] if n % 4 == 1 else [reference]), market="hk", number=n)
        for n, (target, reference) in enumerate(zip(targets, references, strict=True))
    ]
    kept = [n for n in range(40) if n % 4 > 1]
    said = command(tmp_path, measure, "hk", [targets[n] for n in kept], [references[n] for n in kept])
    found = measure.measure(pairs)
    assert said["score"] == float(f"{found.value or 0:.4f}")
    assert 20 == found.count
    assert "20 of 40 texts have no reference" == found.note
    assert measure.value(pairs[0]) is None


def test_some_have_more_references() -> None:
    """The signature says where texts have different numbers of references, as sacrebleu's does."""
    found = CHRF.measure([pair("a b", "a b", number=1), pair("a b", "a c", "a b", number=2)])
    assert 100.0 == pytest.approx(found.value)
    assert "nrefs:var" in found.signature


@pytest.mark.parametrize("measure", FOUR, ids=lambda one: one.name)
def test_no_reference_at_all(measure: Surface) -> None:
    """No value, and the reason."""
    found = measure.measure([pair("a")])
    assert (None, None, 0, "1 of 1 texts have no reference") == (found.value, found.low, found.count, found.note)
    assert measure.measure([]).value is None


@pytest.mark.parametrize("measure", FOUR, ids=lambda one: one.name)
def test_sentence_values(measure: Surface) -> None:
    """The value of a text is sacrebleu's sentence score."""
    from sacrebleu import sentence_bleu, sentence_chrf, sentence_ter

    scorers: dict[str, Callable[[str, str], Any]] = {
        "bleu": lambda target, reference: sentence_bleu(target, [reference], use_effective_order=True),
        "chrf": lambda target, reference: sentence_chrf(target, [reference]),
        "chrfpp": lambda target, reference: sentence_chrf(target, [reference], word_order=2),
        "ter": lambda target, reference: sentence_ter(target, [reference]),
    }
    for target, reference in zip(*corpus("us", 20), strict=True):
        assert scorers[measure.name](target, reference).score == measure.value(pair(target, reference))


NASTY = [
    "", " ", "\ud800 broken", "a\x00b\x1f", "👩‍👩‍👧‍👦 ✨", "<p>&amp; 5 < 6</p>", "繁體简体混合 mixed", "x" * 2_000,
    "\u2028line\u2029", "５０％", "字" * 500,
]  # fmt: skip


@pytest.mark.parametrize("market", ["us", "hk"])
@pytest.mark.parametrize("measure", FOUR, ids=lambda one: one.name)
def test_nasty_texts(measure: Surface, market: str) -> None:
    """Whatever a text is made of, it has a value, and equal texts have the best one."""
    best = 0.0 if measure is TER else 100.0
    for target in NASTY:
        for reference in NASTY:
            value = measure.value(pair(target, reference, market=market))
            assert (value is None) == (not reference.strip())
            if value is not None and target == reference and measure in (CHRF, TER):
                assert best == pytest.approx(value)
    pairs = [pair(text, "字 reference 5", market=market, number=n) for n, text in enumerate(NASTY)]
    assert len(NASTY) == measure.measure(pairs).count


def test_long_texts_have_no_edit_rate() -> None:
    """A text of too many words is left out of TER, with the reason, and counts for the others."""
    long = " ".join(["word"] * (surface.LONGEST + 1))
    pairs = [pair("a b", "a c", number=1), pair(long, "a c", number=2), pair("a", long, number=3)]
    found = TER.measure(pairs)
    assert (1, "2 of 3 texts have more than 2000 words and are left out") == (found.count, found.note)
    assert 50.0 == found.value
    assert 3 == CHRF.measure(pairs).count


def test_worst_texts_are_named_first() -> None:
    """`against` has the worst texts, worst first, and not all of them."""
    good = [pair("the same", "the same", number=n) for n in range(30)]
    bad = [pair("the sane", "the same", number=98), pair("qqq", "the same", number=99)]
    for measure in FOUR:
        against = measure.measure([*good, *bad]).against
        assert ("e99", "e98") == against[:2]
        assert SHOWN == len(against)


def test_markets_are_not_mixed() -> None:
    """Two tokenizers make no single score."""
    with pytest.raises(ValueError, match="hk, us"):
        BLEU.measure([pair("a", "a"), pair("字", "字", market="hk", number=1)])


def test_tokenizer_goes_by_market() -> None:
    """Chinese markets are those whose folder says so."""
    assert [False, True, True, True, False] == [surface.is_chinese(name) for name in ("us", "hk", "mo", "tw", "none")]


def test_listings_are_drawn_whole() -> None:
    """Copies of texts within their listings change the listings' score, but add no certainty."""
    targets, references = corpus("us", 80)
    once = [
        pair(target, reference, number=n, listing=f"l{n}")
        for n, (target, reference) in enumerate(zip(targets, references, strict=True))
    ]
    often = [
        pair(one.output.target, *one.example.references, number=1000 * copy + n, listing=f"l{n}")
        for copy in range(4) for n, one in enumerate(once)
    ]  # fmt: skip
    for measure in FOUR:
        single, copied = measure.measure(once), measure.measure(often)
        assert (single.low, single.high) == pytest.approx((copied.low, copied.high))
        assert "" == single.note
        assert "interval over 80 listings" == copied.note
    assert BLEU.measure([pair("a", "a")]).low is None  # nothing to draw from


def test_same_twice() -> None:
    """Measured again, figures are equal in every digit."""
    targets, references = corpus("us", 30)
    pairs = [pair(*both, number=n) for n, both in enumerate(zip(targets, references, strict=True))]
    for measure in FOUR:
        first = measure.measure(pairs)
        surface._count.cache_clear()
        assert first == measure.measure(pairs)
