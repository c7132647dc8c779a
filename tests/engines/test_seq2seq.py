"""Encoder-decoder models on transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shopglot.engines import load
from shopglot.engines.frame import clean
from shopglot.errors import ModelError
from shopglot.script import has_cjk
from shopglot.types import Request

TEXTS = ["亲肤面料", "这款连衣裙采用亲肤面料，穿着舒适", "雾霾蓝 ZQ1 cotton", "\ud800 \U00020000", "🌸" * 9]


def request(source: str, **more: Any) -> Request:
    """Return a request for a title."""
    return Request(source=source, field="title", style="phrase", **more)


@pytest.fixture(params=["marian", "m2m"])
def engine(request: pytest.FixtureRequest, marian_model: Path, m2m_model: Path, make_card: Any, tmp_path: Path) -> Any:
    """An engine of each kind: one for a single pair of languages, one with language codes."""
    if request.param == "marian":
        card = make_card(marian_model, kind="seq2seq")
    else:
        card = make_card(m2m_model, kind="seq2seq", codes={"source": "zh", "target": "en"})
    return load(card, tmp_path, target="en", device="cpu", threads=1)


def test_replies_come_in_order_without_cjk(engine: Any) -> None:
    """One reply per request, in order, each as if asked alone, and no East Asian character in any."""
    replies = engine.translate([request(text) for text in TEXTS])
    alone = [engine.translate([request(text)])[0] for text in TEXTS]
    assert [reply.text for reply in alone] == [reply.text for reply in replies]
    assert not any(has_cjk(reply.text) for reply in replies)


def test_same_batch_same_answer(engine: Any) -> None:
    """The same batch gives the same replies."""
    batch = [request(text) for text in TEXTS]
    assert engine.translate(batch) == engine.translate(batch)


def test_limits_and_logprobs(engine: Any) -> None:
    """An answer keeps to its own limit, and has a log-probability below zero."""
    (reply,) = engine.translate([request("面料")])
    assert reply.tokens <= 24
    assert reply.logprob is None or reply.logprob < 0


def test_scores(engine: Any) -> None:
    """Each token read has a log-probability, in order, whatever the company; an empty text has none."""
    pairs = [("面料", "fabric"), ("面料", ""), ("面料" * 30, "soft dress of cotton"), ("\ud800", "\ud800"), ("", "x")]
    scores = engine.score(pairs)
    for pair, tokens in zip(pairs, scores, strict=True):
        assert engine.score([pair])[0] == pytest.approx(tokens, abs=1e-4)
        assert len(engine._read_target(clean(pair[1]))) == len(tokens)
        assert all(token < 0 for token in tokens)
    assert () == scores[1]
    assert scores[0] != scores[2]
    assert [] == engine.score([])
    assert [()] == engine.score([("", "")])


def test_only_forward(engine: Any) -> None:
    """Another view is refused, with what to do."""
    assert frozenset({"forward"}) == engine.views
    with pytest.raises(ModelError, match=r"view 'backward', only forward.*take a chat model"):
        engine.score([("面料", "fabric")], view="backward")


def test_long_texts_are_clipped_for_reading(marian_model: Path, make_card: Any, tmp_path: Path) -> None:
    """Of 100 kB on either side as many tokens are read as the card allows, and no more."""
    card = make_card(marian_model, kind="seq2seq", decoding={"longest_source": 20})
    engine: Any = load(card, tmp_path, target="en", device="cpu", threads=1)
    long, brief = engine.score([("面" * 35_000, "soft " * 20_000), ("面料", "x")])
    assert 20 == len(long)
    assert 0 < len(brief) < 20


def test_blank_texts_are_not_asked(engine: Any) -> None:
    """A blank text is answered by nothing, wherever it stands in the batch."""
    replies = engine.translate([request(""), request("面料"), request(" \n")])
    assert ["", ""] == [replies[0].text, replies[2].text]
    assert [0, 0] == [replies[0].tokens, replies[2].tokens]
    assert [] == engine.translate([])


def test_a_long_source_is_clipped(marian_model: Path, make_card: Any, tmp_path: Path) -> None:
    """A source past the limit is cut, and its reply says so."""
    card = make_card(marian_model, kind="seq2seq", decoding={"longest_source": 20, "most_tokens": 30})
    engine = load(card, tmp_path, target="en", device="cpu", threads=1)
    long, short = engine.translate([request("亲肤面料" * 400), request("面料")])
    assert long.truncated
    assert long.tokens <= 30
    assert len(short.text) < 400


def test_beams(marian_model: Path, make_card: Any, tmp_path: Path) -> None:
    """A card may ask for beams; the law about East Asian characters holds there too."""
    engine = load(
        make_card(marian_model, kind="seq2seq", decoding={"beam": 3}), tmp_path, target="en", device="cpu", threads=1
    )
    replies = engine.translate([request(text) for text in TEXTS])
    assert not any(has_cjk(reply.text) for reply in replies)
    assert all(reply.logprob is None or reply.logprob < 0 for reply in replies)


def test_an_unknown_language_code_is_refused(m2m_model: Path, make_card: Any, tmp_path: Path) -> None:
    """A code that the tokenizer does not know is named."""
    card = make_card(m2m_model, kind="seq2seq", codes={"source": "zh", "target": "xx-none"})
    with pytest.raises(ModelError, match="xx-none"):
        load(card, tmp_path, target="en", device="cpu")
