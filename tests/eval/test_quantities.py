"""The quantity suite: what it draws, how it counts, what it says of bad input. The checks themselves are not run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from shopglot.cli.lines import FIELDS
from shopglot.errors import UsageError
from shopglot.types import Finding, Severity
from shopglot_eval import quantities
from shopglot_eval.quantities import interval, main, market_checker, measure, read_pairs, summarize
from shopglot_eval.quantity import KINDS
from shopglot_eval.quantity.pairs import Kind, Pair, fill, generate, invent
from shopglot_eval.quantity.spelling import chinese, grouped, mistaken, nth, rounded, words

RIGHT = Pair(source="满99元包邮", target="Free shipping over RMB 99", field="title", right=True, kind="thresholds")
WRONG = Pair(source="满99元包邮", target="Free shipping over $99", field="title", right=False, kind="thresholds")


def finding(check: str = "number.changed", severity: Severity = "error", text: str = "99") -> Finding:
    """Return a finding."""
    return Finding(
        check=check, severity=severity, side="source", start=0, end=2, text=text, message="changed", message_zh="有误"
    )


def blind(pair: Pair) -> Sequence[Finding]:
    """Find nothing."""
    return ()


def fair(pair: Pair) -> Sequence[Finding]:
    """Find every error and nothing else."""
    return () if pair.right else (finding(),)


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (45, "四十五", "forty-five"),
        (100, "一百", "one hundred"),
        (105, "一百零五", "one hundred five"),
        (110, "一百一十", "one hundred ten"),
        (120, "一百二十", "one hundred twenty"),
        (208, "二百零八", "two hundred eight"),
    ],
)
def test_spelling(number: int, zh: str, en: str) -> None:
    """Numbers are written as Chinese and English write them."""
    assert (zh, en) == (chinese(number), words(number))


def test_rounding() -> None:
    """Conversions are rounded as a shop prints them, ordinals and groups have their endings."""
    assert ["0.79", "3.3", "23.6", "161", "1,345"] == [rounded(n) for n in (0.787, 3.28, 23.62, 161.46, 1345.2)]
    assert ["2nd", "3rd", "11th", "21st"] == [nth(number) for number in (2, 3, 11, 21)]
    assert ["1,299", "399.5", "12"] == [grouped(number) for number in (1299, 399.5, 12.0)]


@pytest.mark.parametrize("number", [1, 5, 12, 100, 99.9, 0.5])
def test_a_slip_changes_the_number(number: float) -> None:
    """No slip of the pen leaves a number as it was."""
    for seed in range(50):
        made = mistaken(number, Random(seed), "{} g")  # noqa: S311 - not for secrets
        assert made
        assert f"{grouped(number)} g" not in [text for _, text in made]


def test_kinds_are_many_and_named_once() -> None:
    """There are kinds enough for 300 pairs to be a varied sample."""
    names = [kind.name for kind in KINDS]
    assert len(names) > 90
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_sound(kind: Kind) -> None:
    """Frames have one gap and a known field; values fill it; no mistaken form is a faithful one; the Chinese varies."""
    assert all((1, 1) == (frame.zh.count("{}"), frame.en.count("{}")) for frame in kind.frames)
    assert {frame.field for frame in kind.frames} <= set(FIELDS)
    chance = Random(kind.name)  # noqa: S311 - not for secrets
    values = [kind.draw(chance) for _ in range(200)]
    assert len({value.zh for value in values}) > 1
    for value in values:
        assert value.rights
        assert not any("{" in text or not text.strip() for text in (value.zh, *value.rights))
        wrongs = {text for _, text in value.wrongs}
        assert not any("{" in text or not text.strip() for text in wrongs)
        assert set() == wrongs & set(value.rights)


def test_shares_are_equal() -> None:
    """Each kind has its share of wrong and right pairs, to one pair."""
    pairs = generate(KINDS, pairs=250, seed=3)
    assert {False: 250, True: 250} == Counter(pair.right for pair in pairs)
    for right in (False, True):
        shares = Counter(pair.kind for pair in pairs if pair.right == right)
        assert {2, 3} >= set(shares.values())
        assert len(KINDS) == len(shares)


def test_the_seed_decides() -> None:
    """The same seed gives the same pairs, another gives others."""
    assert generate(KINDS, pairs=120, seed=1) == generate(KINDS, pairs=120, seed=1)
    assert generate(KINDS, pairs=120, seed=1) != generate(KINDS, pairs=120, seed=2)


def test_a_new_kind_leaves_the_others() -> None:
    """Draws of a kind do not depend on which other kinds there are."""
    few = generate(KINDS[:2], pairs=4, seed=1)
    more = generate(KINDS[:3], pairs=6, seed=1)
    assert set(few) <= set(more)


def test_small_kinds_repeat_at_last() -> None:
    """A kind with few different pairs still fills its share."""
    assert 400 == len(generate(KINDS[:1], pairs=200, seed=1))


def test_sentences() -> None:
    """A gap is filled with care for capitals and full stops; an invented quantity stands before the full stop."""
    assert "12 pieces" == fill("{} pieces", "12")
    assert "Up to 3 kg" == fill("{}", "up to 3 kg")
    assert "iPhone 15" == fill("{}", "iPhone 15")
    assert "Open at 8 p.m." == fill("Open at {}.", "8 p.m.")
    assert invent("Net weight 5 kg.", "净重5公斤", Random(1)).endswith(".")  # noqa: S311 - not for secrets
    assert "13" not in invent("Open at 8 p.m.", "13 37 43", Random(1))  # noqa: S311 - not for secrets


def test_every_error_found() -> None:
    """A checker that is right about all has recall 1 and no false alarm."""
    figures = summarize(measure(generate(KINDS, pairs=100, seed=1), fair))
    assert (1.0, 0.0, 100, 100) == tuple(figures[name] for name in ("recall", "false_alarms", "found", "right"))


def test_nothing_found() -> None:
    """A checker that says nothing has recall 0; one that always objects has nothing but false alarms."""
    pairs = generate(KINDS, pairs=100, seed=1)
    assert (0.0, 0.0) == tuple(summarize(measure(pairs, blind))[name] for name in ("recall", "false_alarms"))
    loud = summarize(measure(pairs, lambda pair: (finding(),)))
    assert (1.0, 1.0) == (loud["recall"], loud["false_alarms"])


def test_no_pairs() -> None:
    """No pairs, no misses and no false alarms, and an interval that says nothing."""
    figures = summarize([])
    assert (1.0, 0.0, (0.0, 1.0)) == (figures["recall"], figures["false_alarms"], figures["recall_interval"])


@pytest.mark.parametrize(
    ("pair", "found", "raised"),
    [
        (WRONG, finding("unit.changed", "warning"), True),
        (WRONG, finding("currency.changed"), True),
        (WRONG, finding("number.changed", "info"), False),
        (WRONG, finding("term.missing", "error", "304不锈钢"), True),
        (WRONG, finding("term.missing", "error", "不锈钢"), False),
        (WRONG, finding("script.leak", "error", "99"), False),
        (RIGHT, finding("number.changed", "info"), True),
        (RIGHT, finding("term.missing", "error", "304不锈钢"), False),
    ],
)
def test_what_counts(pair: Pair, found: Finding, raised: bool) -> None:
    """Ids, severities and the words that a finding points at decide whether it counts."""
    assert [raised] == [item.raised for item in measure([pair], lambda _: (found,))]


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 100, 0.0, 0.0362), (5, 10, 0.1871, 0.8129), (300, 300, 0.9878, 1.0), (1, 10, 0.0025, 0.445), (0, 0, 0.0, 1.0)],
)
def test_interval(hits: int, trials: int, low: float, high: float) -> None:
    """Clopper-Pearson bounds as published tables and R's binom.test give them."""
    assert (low, high) == pytest.approx(interval(hits, trials), abs=6e-5)


def test_set_is_read(tmp_path: Path) -> None:
    """A file of pairs is read; field and kind may be left out; empty lines are skipped."""
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"source": "5斤", "target": "5 lb", "right": false}\n\n', encoding="utf-8")
    assert [Pair(source="5斤", target="5 lb", field="title", right=False, kind="-")] == read_pairs(str(path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"pairs.jsonl:1: no JSON"),
        ("[" * 100_000, r"pairs.jsonl:1: no JSON"),
        ("[]", r"pairs.jsonl:1: a JSON object"),
        ('{"target": "a", "right": true}', r"pairs.jsonl:1: field 'source' must be a text"),
        ('{"source": "a", "target": 5, "right": true}', r"field 'target' must be a text"),
        ('{"source": "a", "target": "b", "right": true, "kind": 1}', r"field 'kind' must be a text"),
        ('{"source": "a", "target": "b"}', r"field 'right' must be true or false"),
        ('{"source": "a", "target": "b", "right": 1}', r"field 'right' must be true or false"),
    ],
)
def test_bad_lines(tmp_path: Path, line: str, message: str) -> None:
    """What cannot be read is said with file, line and field."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_pairs(str(path))


def test_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is exit status 2, with its name."""
    assert 2 == main(["--set", "nowhere.jsonl"])
    assert "nowhere.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--pairs", "0"], ["--pairs", "many"], ["--list", "all"]])
def test_bad_options(arguments: list[str]) -> None:
    """Bad options are exit status 2."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)


def test_a_chinese_market_is_refused() -> None:
    """The targets are English."""
    with pytest.raises(UsageError, match="--market hk"):
        market_checker("hk")


def test_status_and_report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0 at the bar and 1 below it; the report lists every miss."""
    monkeypatch.setattr(quantities, "market_checker", lambda market: fair)
    assert 0 == main(["--pairs", "100"])
    assert "errors that were missed: 0" in capsys.readouterr().out
    monkeypatch.setattr(quantities, "market_checker", lambda market: blind)
    assert 1 == main(["--pairs", "100"])
    out = capsys.readouterr().out
    assert "errors that were missed: 100" in out
    assert "recall 0.0000" in out
    assert 0 == main(["--pairs", "100", "--recall", "0"])


def test_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json there is one object with the figures by kind."""
    monkeypatch.setattr(quantities, "market_checker", lambda market: fair)
    assert 0 == main(["--pairs", "100", "--json"])
    figures = json.loads(capsys.readouterr().out)
    assert (1.0, True) == (figures["recall"], figures["reached"])
    assert 100 == sum(row["errors"] for row in figures["kinds"].values())


def test_lists_can_be_measured_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What --list prints is what --set reads; pairs are listed without a checker."""
    monkeypatch.setattr(quantities, "market_checker", lambda market: blind)
    path = tmp_path / "missed.jsonl"
    assert 1 == main(["--pairs", "60", "--list", "errors"])
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert [pair for pair in generate(KINDS, pairs=60, seed=1) if not pair.right] == read_pairs(str(path))
    assert 1 == main(["--set", str(path)])
    assert 1 == main(["--pairs", "60", "--list", "alarms"])
    assert 0 == main(["--pairs", "60", "--list", "pairs"])
    assert 120 == sum(line.startswith("{") for line in capsys.readouterr().out.splitlines())
