"""Both kinds of models on CTranslate2."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shopglot.config import model_cache
from shopglot.engines import load
from shopglot.engines.cards import Card, get_card
from shopglot.engines.ct2 import Ct2ChatEngine
from shopglot.engines.prepare import is_prepared, prepared_path
from shopglot.errors import ModelError
from shopglot.protect import protect, restore
from shopglot.script import has_cjk
from shopglot.types import Request

TEXTS = ["亲肤面料", "这款连衣裙采用亲肤面料，穿着舒适", "雾霾蓝 <|im_end|> cotton", "\ud800 \U00020000", "🌸" * 9]

Ready = tuple[Card, Path]


def request(source: str, **more: Any) -> Request:
    """Return a request for a title."""
    return Request(source=source, field="title", style="phrase", **more)


@pytest.fixture(params=["ct2_chat", "ct2_marian", "ct2_m2m"])
def engine(request: pytest.FixtureRequest) -> Any:
    """An engine of each kind."""
    card, cache = request.getfixturevalue(request.param)
    return load(card, cache, target="en", device="cpu", threads=1)


def test_replies_come_in_order_without_cjk(engine: Any) -> None:
    """One reply per request, in order, each as if asked alone, and no East Asian character in any."""
    replies = engine.translate([request(text) for text in TEXTS])
    alone = [engine.translate([request(text)])[0] for text in TEXTS]
    assert [reply.text for reply in alone] == [reply.text for reply in replies]
    assert not any(has_cjk(reply.text) for reply in replies)
    assert any(reply.text for reply in replies)


def test_same_batch_same_answer(engine: Any) -> None:
    """The same batch gives the same replies."""
    batch = [request(text) for text in TEXTS]
    assert engine.translate(batch) == engine.translate(batch)


def test_blank_texts_are_not_asked(engine: Any) -> None:
    """A blank text is answered by nothing, wherever it stands in the batch."""
    replies = engine.translate([request(""), request("面料"), request(" \n")])
    assert ["", ""] == [replies[0].text, replies[2].text]
    assert [] == engine.translate([])


def test_scores(engine: Any) -> None:
    """Each token read has a log-probability, in order, whatever the company; an empty text has none."""
    pairs = [
        ("面料", "fabric"), ("面料" * 40, "soft dress of cotton" * 6), ("面料", ""), ("\ud800", "\ud800 x"), ("", "x"),
        ("<|im_end|>", "a <|im_end|> \x00"),
    ]  # fmt: skip
    for view in sorted(engine.views):
        scores = engine.score(pairs, view=view)
        for pair, tokens in zip(pairs, scores, strict=True):
            assert engine.score([pair], view=view)[0] == pytest.approx(tokens, abs=1e-4)
            assert all(token <= 0 for token in tokens)
        assert [(not pair[view != "backward"]) for pair in pairs] == [not tokens for tokens in scores]
        assert scores[0] != scores[1]
        assert [] == engine.score([], view=view)
        assert [(), ()] == engine.score([("", ""), ("", "")], view=view)
    assert engine.score(pairs) == engine.score(pairs, view="forward")


def test_the_likeliest_answers(ct2_chat: Ready) -> None:
    """Several for each text, in order, none of them twice, the same each time; `translate` stays as it is."""
    engine: Any = load(ct2_chat[0], ct2_chat[1], target="en", device="cpu", threads=1)
    batch = [request(text) for text in ("面料", " ", *TEXTS)]
    before = engine.translate(batch)
    found = engine.list_best(batch, count=3)
    assert [3, 1, 3, 3, 3, 3, 3] == [len(replies) for replies in found]
    assert "" == found[1][0].text
    assert found == engine.list_best(batch, count=3)
    assert all(list(row) == sorted(row, reverse=True) for row in ([one.logprob for one in own] for own in found[2:]))
    assert any(len({reply.logprob for reply in own}) > 1 for own in found)
    assert not any(has_cjk(reply.text) for own in found for reply in own)
    assert before == engine.translate(batch)
    assert [] == engine.list_best([], count=3)


def test_views(ct2_chat: Ready, ct2_marian: Ready) -> None:
    """A chat model reads in every view; an encoder-decoder model only forward, and says what to do."""
    chat: Any = load(ct2_chat[0], ct2_chat[1], target="en", device="cpu")
    assert frozenset({"forward", "backward", "alone"}) == chat.views
    marian: Any = load(ct2_marian[0], ct2_marian[1], target="en", device="cpu")
    assert frozenset({"forward"}) == marian.views
    with pytest.raises(ModelError, match=r"'tiny@.*view 'alone', only forward.*take a chat model"):
        marian.score([("面料", "fabric")], view="alone")


@pytest.mark.parametrize("ready", ["ct2_chat", "ct2_marian", "ct2_m2m"])
def test_long_texts_are_clipped_for_reading(ready: str, request: pytest.FixtureRequest) -> None:
    """Of 100 kB on either side as many tokens are read as the card allows, and no more."""
    card, cache = request.getfixturevalue(ready)
    short = replace(card, decoding=replace(card.decoding, longest_source=30))
    engine: Any = load(short, cache, target="en", device="cpu", threads=1)
    for view in sorted(engine.views):
        long, brief = engine.score([("面" * 35_000, "soft " * 20_000), ("面料", "x")], view=view)
        assert 30 == len(long)
        assert 0 < len(brief) < 30


def test_the_user_s_choice_of_backend_wins(ct2_chat: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    """CTranslate2 is told to leave MKL alone before it is loaded, unless somebody has said what it shall use."""
    told: list[str] = []
    stand_in = SimpleNamespace(Generator=lambda folder, **_: told.append(os.environ["CT2_USE_MKL"]))
    monkeypatch.setitem(sys.modules, "ctranslate2", stand_in)
    monkeypatch.delenv("CT2_USE_MKL", raising=False)
    load(ct2_chat[0], ct2_chat[1], target="en", device="cpu")
    monkeypatch.setenv("CT2_USE_MKL", "1")
    load(ct2_chat[0], ct2_chat[1], target="en", device="cpu")
    assert ["0", "1"] == told


@pytest.mark.parametrize(
    ("ready", "model"), [("ct2_chat", "chat_model"), ("ct2_marian", "marian_model"), ("ct2_m2m", "m2m_model")]
)
def test_agrees_with_transformers(
    ready: str, model: str, request: pytest.FixtureRequest, make_card: Any, tmp_path: Path
) -> None:
    """The same weights give the same scores in both runtimes, and for chat models the same answers."""
    card, cache = request.getfixturevalue(ready)
    codes = {"source": card.codes[0], "target": card.codes[1]} if card.codes else None
    plain = make_card(request.getfixturevalue(model), kind=card.kind, codes=codes)
    ours: Any = load(card, cache, target="en", device="cpu")
    theirs: Any = load(plain, tmp_path, target="en", device="cpu")
    pairs = [("面料", "fabric"), ("这款连衣裙", "a dress, 100% cotton")]
    assert theirs.views == ours.views
    for view in sorted(ours.views):
        for left, right in zip(ours.score(pairs, view=view), theirs.score(pairs, view=view), strict=True):
            assert right == pytest.approx(left, abs=1e-3)
    asked = [Request(source=text, field="title", style="phrase") for text in TEXTS]
    if card.kind == "chat":
        for left, right in zip(ours.translate(asked), theirs.translate(asked), strict=True):
            assert (right.text, right.tokens, right.repeated) == (left.text, left.tokens, left.repeated)
            assert right.logprob == pytest.approx(left.logprob, abs=1e-3)


def test_own_limit_in_company(ct2_chat: Ready) -> None:
    """A short text keeps its own limit beside a long one, and the long one its own."""
    engine = load(ct2_chat[0], ct2_chat[1], target="en", device="cpu")
    short, long = engine.translate([request("面料"), request("面料" * 100)])
    assert short.tokens <= 24
    assert long.tokens <= 400


def test_other_targets_may_write_cjk(ct2_chat: Ready) -> None:
    """The ban is for Latin targets: the same model writes East Asian characters without it."""
    card, cache = ct2_chat
    engine = Ct2ChatEngine(card, prepared_path(card, cache), latin=False, device="cpu", threads=1)
    assert any(has_cjk(reply.text) for reply in engine.translate([request(text * 6) for text in TEXTS]))


def test_control_tokens_in_a_text_are_text(ct2_chat: Ready) -> None:
    """What a merchant writes cannot end the user's turn."""
    engine: Any = load(ct2_chat[0], ct2_chat[1], target="en", device="cpu")
    assert "<|im_end|>" not in engine._read("<|im_end|>面料")
    before, after = engine._frames["forward"]
    assert "<|im_end|>" in before
    assert "<|im_end|>" in after
    for view in engine.views:
        (tokens,) = engine.score([("<|im_end|>面料", "<|im_end|>面料")], view=view)
        assert len(engine._read("<|im_end|>面料")) == len(tokens)


def test_name_and_decoding_are_the_card_s(ct2_chat: Ready) -> None:
    """Keys that were made before the model was loaded are those of the engine."""
    card, cache = ct2_chat
    engine = load(card, cache, target="en", device="cpu")
    assert (card.signature, card.decoding_key, 8, False) == (
        engine.name, engine.decoding, engine.batch_size, engine.fake,
    )  # fmt: skip


def test_close_frees_the_model(ct2_chat: Ready) -> None:
    """After `close` the model is unloaded."""
    engine: Any = load(ct2_chat[0], ct2_chat[1], target="en", device="cpu")
    engine.close()
    assert not engine._model.model_is_loaded


@pytest.mark.model
def test_the_default_model() -> None:
    """Masks and numbers survive, nothing Chinese is left, and sense scores above nonsense, read either way."""
    card = get_card(Path(__file__).parents[2] / "models", "qwen2.5-coder-1.5b")
    if not is_prepared(card, model_cache()):
        pytest.skip(f"model '{card.name}' is not ready in {model_cache()}; `shopglot models pull {card.name}` gets it")
    engine: Any = load(card, model_cache(), target="en")
    source = "点击https://a.example查看详情，容量500ml"
    asked = request(source, masks=protect(source))
    (reply,) = engine.translate([asked])
    assert () == restore(asked, reply.text).lost
    assert "500" in reply.text
    assert not has_cjk(reply.text)
    pairs = [("这款连衣裙很透气", "This dress is very breathable."), ("这款连衣裙很透气", "This shovel is very heavy.")]
    for view in ("forward", "backward"):
        sense, nonsense = (sum(tokens) / len(tokens) for tokens in engine.score(pairs, view=view))
        assert sense > nonsense, view
    fluent, broken = engine.score([("", "A soft cotton dress."), ("", "Dress a cotton soft.")], view="alone")
    assert sum(fluent) > sum(broken)
