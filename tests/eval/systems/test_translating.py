"""The product's answers to a suite: those of a run, made once, and made further where a call was killed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shopglot.engines.fake import FakeEngine
from shopglot.errors import UsageError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.termbase import Termbase
from shopglot.types import Reply, Request
from shopglot_eval import suites
from shopglot_eval.records import Answers, Example, Suite
from shopglot_eval.systems import translate, translate_at_random, without_glossary
from shopglot_eval.systems.__main__ import main


class Counting(FakeEngine):
    """The fake engine, which counts what it is asked and dies after so many batches."""

    def __init__(self, lives: int = 1_000) -> None:
        super().__init__()
        self.asked, self.lives = 0, lives

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Answer, or die."""
        if not self.lives:
            raise KeyboardInterrupt
        self.lives -= 1
        self.asked += len(requests)
        return super().translate(requests)


@pytest.fixture
def localizer() -> Localizer:
    """The market us with the fake model, a text in a batch."""
    return replace(load_localizer("us", model="fake"), batch_size=1)


def timeless(answers: Answers) -> Answers:
    """Return answers without what no two calls share."""
    return replace(answers, seconds=None, memory=None)


def test_nothing_is_made_twice(suite: Suite, localizer: Localizer, tmp_path: Path) -> None:
    """The first call asks the engine, the second one reads what the first one kept, under whatever name."""
    engine = Counting()
    own = replace(localizer, open_engine=lambda: engine)
    first = translate(suite, "us", own, name="a", store=tmp_path)
    asked = engine.asked
    assert asked
    again = translate(suite, "us", own, name="b", store=tmp_path)
    assert asked == engine.asked
    assert replace(first, system="b") == again
    assert first.seconds is not None
    assert (first.memory or 0) > 1_000_000
    assert timeless(first) == timeless(translate(suite, "us", own, name="a"))


@pytest.mark.parametrize("lives", [0, 1, 3, 5])
def test_a_killed_call_goes_on(lives: int, suite: Suite, localizer: Localizer, tmp_path: Path) -> None:
    """What was answered before the kill is not asked again, and the answers are those of an undisturbed call."""
    whole = Counting()
    undisturbed = translate(suite, "us", replace(localizer, open_engine=lambda: whole), store=tmp_path / "whole")
    killed, second = Counting(lives), Counting()
    with pytest.raises(KeyboardInterrupt):
        translate(suite, "us", replace(localizer, open_engine=lambda: killed), store=tmp_path / "cut")
    answers = translate(suite, "us", replace(localizer, open_engine=lambda: second), store=tmp_path / "cut")
    assert timeless(undisturbed) == timeless(answers)
    assert whole.asked == killed.asked + second.asked
    assert lives < 1 or second.asked < whole.asked


@pytest.mark.usefixtures("kind_data")
def test_opinions_are_read_and_kept(suite: Suite, tmp_path: Path) -> None:
    """A model that the estimator was fitted on gives its opinion, once; the score says that it had one."""
    own = load_localizer("us", model="fake")
    assert own.views
    first = translate(suite, "us", own, store=tmp_path)
    assert {True} == {str(pair.output.signature).endswith("/backward+forward") for pair in first.pairs}
    (kept,) = (tmp_path / "answers").iterdir()
    kept.unlink()  # only the journal is left

    class Silent(FakeEngine):
        """A model that has nothing more to say."""

        def translate(self, requests: Sequence[Request]) -> list[Reply]:
            raise AssertionError

        def score(self, pairs: Sequence[tuple[str, str]], *, view: str = "forward") -> list[tuple[float, ...]]:
            raise AssertionError

    again = translate(suite, "us", replace(own, open_engine=Silent), store=tmp_path)
    assert timeless(first) == timeless(again)


def changes(suite: Suite, localizer: Localizer) -> Iterator[tuple[Suite, Localizer, int | None]]:
    """Yield what asks for other answers: a market's files, a glossary, a gate, a text's page, fewer attempts."""
    market = localizer.market
    yield suite, replace(localizer, market=replace(market, digest="other")), None
    yield suite, without_glossary(localizer), None
    yield suite, replace(localizer, plain=False), None
    yield suite, replace(localizer, decoding="other"), None
    yield suite, replace(localizer, termbase=Termbase(list(localizer.termbase.entries())[1:])), None
    yield suite, localizer, 1
    first, *rest = suite.examples
    yield replace(suite, examples=(replace(first, category="家居"), *rest)), localizer, None


def test_what_decides_makes_new_answers(suite: Suite, localizer: Localizer, tmp_path: Path) -> None:
    """Whatever the answers depend on names another file."""
    translate(suite, "us", localizer, store=tmp_path)
    for number, (own, other, attempts) in enumerate(changes(suite, localizer), start=2):
        translate(own, "us", other, store=tmp_path, attempts=attempts)
        assert number == len(list((tmp_path / "answers").iterdir()))


def test_without_glossary(suite: Suite, localizer: Localizer) -> None:
    """The engine gets no term, and the report says that there was none; rules and score stay."""
    bare = without_glossary(localizer)
    assert [] == list(bare.termbase.entries())
    assert localizer.market == bare.market
    told = translate(suite, "us", bare).about
    assert 0 == told["terms"]
    assert translate(suite, "us", localizer).about == {**told, "terms": len(list(localizer.termbase.entries()))}
    assert not any(
        finding.check.startswith("term.")
        for pair in translate(suite, "us", bare).pairs
        for finding in pair.output.findings
    )
    assert isinstance(bare.termbase, Termbase)


def test_judged_by_another(suite: Suite, localizer: Localizer, tmp_path: Path) -> None:
    """What a localizer without glossary says is judged by the market's terms, scores and rules, if they are asked."""
    bare = without_glossary(localizer)
    alone = translate(suite, "us", bare, store=tmp_path)
    judged = translate(suite, "us", bare, store=tmp_path, judge=localizer)
    assert [pair.output.target for pair in alone.pairs] == [pair.output.target for pair in judged.pairs]
    assert "term.missing" in {finding.check for pair in judged.pairs for finding in pair.output.findings}
    told = judged.about["judge"]
    assert isinstance(told, dict)
    assert told["terms"]
    assert judged == translate(suite, "us", bare, store=tmp_path, judge=localizer)
    assert translate(suite, "us", localizer, store=tmp_path) == translate(
        suite, "us", localizer, store=tmp_path, judge=localizer
    )


def test_random_terms(localizer: Localizer, tmp_path: Path) -> None:
    """Each text is given words of its own that are no terms, and is judged by the proper ones."""
    (tmp_path / "parallel").mkdir()
    (tmp_path / "parallel" / "zh-CN-en.tsv").write_text(
        "".join(f"own\tMIT\t{zh}\t{en}\n" for zh, en in (("周末", "weekend"), ("朋友", "friend"), ("天气", "weather")))
    )
    examples = tuple(
        Example(id=str(number), market="us", source=source, field="note", category="美妆")
        for number, source in enumerate(("周末用面膜，天气好。", "送朋友连衣裙！", "周末休息。"))
    )
    suite = Suite(name="small", title="", examples=examples, digest=suites.digest(examples))
    made = translate_at_random(suite, "us", localizer, store=tmp_path / "out", shared=tmp_path)
    proper = translate(suite, "us", localizer, store=tmp_path / "out")
    assert examples == tuple(pair.example for pair in made.pairs)
    assert any("Friend" in pair.output.target or "friend" in pair.output.target for pair in made.pairs)
    assert "term.missing" in {finding.check for pair in made.pairs for finding in pair.output.findings}
    assert [pair.output.target for pair in made.pairs] != [pair.output.target for pair in proper.pairs]
    told = made.about["random"]
    assert isinstance(told, dict)
    assert 1 == told["seed"]
    assert made == translate_at_random(suite, "us", localizer, store=tmp_path / "out", shared=tmp_path)
    with pytest.raises(UsageError, match="'hk' is converted, not translated"):
        translate_at_random(suite, "hk", load_localizer("hk"))
    with pytest.raises(UsageError, match="random terms are translated by one of them"):
        translate_at_random(suite, "us", localizer, shared=tmp_path / "none")


def test_offsets_are_those_of_the_text(suite: Suite) -> None:
    """The words of every finding stand where it says, on either side."""
    for market in ("us", "hk"):
        for pair in translate(suite, market, load_localizer(market, model="fake")).pairs:
            wholes = {"source": pair.example.source, "target": pair.output.target}
            for finding in pair.output.findings:
                assert finding.text in ("", wholes[finding.side][finding.start : finding.end])


def test_no_text_in_a_market(suite: Suite, localizer: Localizer) -> None:
    """A market that the suite does not have is told."""
    with pytest.raises(UsageError, match="'small' has no text in market 'tw'"):
        translate(suite, "tw", localizer)


def test_a_folder_that_is_none(suite: Suite, localizer: Localizer, tmp_path: Path) -> None:
    """A file in place of the folder is told, not a traceback."""
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="out"):
        translate(suite, "us", localizer, store=tmp_path / "out")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It translates, names the file with the answers on stdout, and tells what it does on stderr."""
    (tmp_path / "my.tsv").write_text("source\n面膜 5片装\n云感柔软\n", encoding="utf-8")
    command = [str(tmp_path / "my.tsv"), "--market", "us", "--model", "fake", "--out", str(tmp_path / "out")]
    assert 0 == main(command)
    told = capsys.readouterr()
    path = Path(told.out.strip())
    assert "my us: 2 texts" in told.err
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert ["面膜 5片装", "云感柔软"] == [line["source"] for line in lines[1:]]
    assert 0 == main([*command, "--no-glossary"])
    assert path != Path(capsys.readouterr().out.strip())
    assert 2 == main(["nothing", "--market", "us", "--out", str(tmp_path)])
    assert "no suite 'nothing'" in capsys.readouterr().err
    assert suites.read(tmp_path / "my.tsv", markets=["us"]).examples
