"""A market made ready: listings are cut, protected, judged and put together again."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any

import pytest

from shopglot.catalog import parse
from shopglot.decide import SHUT
from shopglot.dismissals import dismissal
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer, Page
from shopglot.market import Gate, Reading
from shopglot.quality import Estimator
from shopglot.quality.estimator import Variant
from shopglot.types import Decision, Listing, Origin, SegmentKey, Translation, View

FIELDS: dict[str, Any] = {
    "title": "【云朵】U型枕 记忆棉",
    "subtitle": "靠着就能睡着",
    "bullets": ["慢回弹记忆棉。歪头睡也不会落空！"],
    "description": "<p>净重约0.6斤，<b>很轻</b>。</p><p>夏天不闷</p>",
    "attributes": {"材质": "记忆棉"},
    "variants": [{"sku": "YD-U60", "options": {"颜色": "雾霾蓝"}}],
    "size_chart": [["尺码", "胸围"], ["M", "96cm"]],
    "hashtags": ["#旅行好物"],
    "note": "姐妹们！锁死了🔒",
    "images": [{"url": "https://x.example/a.jpg", "alt": "枕头正面"}],
}
US = load_localizer("us", model="fake")
HK = load_localizer("hk", model="fake")


def listing(**document: Any) -> Listing:
    """Return a listing as it would be read."""
    parsed = parse({"id": "p1", "merchant": "m", "fields": FIELDS, "stock": 2} | document, line=1)
    assert isinstance(parsed, Listing)
    return parsed


def texts(page: Page) -> list[str]:
    """Return the sources of all segments."""
    return [item.source for item in page.segments]


def test_every_kind_of_field_is_cut() -> None:
    """Each field that a shopper reads gives segments of its kind; prose is cut into sentences, phrases are not."""
    page = US.prepare(listing(brand="云朵"))
    kinds = {item.field: item.style for item in page.segments}
    prose = {"bullet", "description", "note", "alt"}
    names = {*prose, "title", "subtitle", "attribute-name", "attribute-value", "option-name", "option-value"}
    assert names | {"size-cell", "hashtag", "brand"} == set(kinds)
    assert {name: "prose" if name in prose else "phrase" for name in kinds} == kinds
    bullets = [item.source for item in page.segments if item.field == "bullet"]
    assert ["慢回弹记忆棉。", "歪头睡也不会落空！"] == bullets


def test_keys_say_where_a_segment_stands() -> None:
    """A key is merchant, listing, JSON pointer and the number within the field."""
    keys = [item.key for item in US.prepare(listing()).segments if item.field == "bullet"]
    assert [SegmentKey(merchant="m", listing="p1", path="/fields/bullets/0", index=index) for index in (0, 1)] == keys


def test_unknown_chinese_brand_is_opaque_in_english() -> None:
    """A name without a known Latin form is a mask wherever it stands in the page, in `us` only."""
    page = US.prepare(listing(brand="云朵"))
    named = [item for item in page.segments if "云朵" in item.source]
    assert ["brand", "title"] == sorted({item.field for item in named})
    assert all([("云朵", "brand")] == [(m.text, m.kind) for m in item.masks if m.kind == "brand"] for item in named)
    assert [] == [m for item in HK.prepare(listing(brand="云朵")).segments for m in item.masks if m.kind == "brand"]


def test_known_brand_is_a_term() -> None:
    """A name that the list of brands knows is kept in its market's form, and is no mask."""
    page = US.prepare(listing(brand="韩束", fields={"title": "韩束面膜"}))
    assert ["KANS", "KANS"] == [term.target for item in page.segments for term in item.terms if term.keep]
    assert [] == [mask for item in page.segments for mask in item.masks]


def test_brand_wins_over_a_term_inside_it() -> None:
    """A term that overlaps the name is not found there, but still elsewhere."""
    page = US.prepare(listing(brand="面膜家", fields={"title": "面膜家的面膜"}))
    (title,) = (item for item in page.segments if item.field == "title")
    assert [(0, 3)] == [(mask.start, mask.end) for mask in title.masks]
    assert [4] == [term.start for term in title.terms]


@pytest.mark.parametrize("brand", [None, 3, "", "Acme", ["云朵"]], ids=repr)
def test_brand_that_is_no_chinese_name(brand: object) -> None:
    """Anything else as a brand masks nothing and breaks nothing."""
    document: Any = {"brand": brand, "fields": FIELDS}
    page = US.prepare(Listing(line=1, merchant="", id="1", document=document, digest=""))
    assert [] == [m for item in page.segments for m in item.masks if m.kind == "brand" and m.text == "云朵"]


def test_compose_puts_everything_back() -> None:
    """With the sources as targets a Chinese page is the page, and `_shopglot` says what made it."""
    page = HK.prepare(original := listing(brand="云朵", extra={"深": [1, None]}))
    document = HK.compose(page, texts(page))
    marks = {
        "market": "hk", "locale": "zh-Hant-HK", "model": HK.model, "score": HK.score_signature, "gate": HK.gate_state,
    }  # fmt: skip
    assert marks == document["_shopglot"]
    assert original.document == {key: value for key, value in document.items() if key != "_shopglot"}


def test_compose_marks_the_fake_model() -> None:
    """A page that the stand-in wrote says so, and targets stand in their places."""
    page = US.prepare(listing(fields={"title": "枕头", "bullets": ["甲。乙。"]}))
    document = US.compose(page, ["Pillow", "One.", "Two."])
    assert {"title": "Pillow", "bullets": ["One. Two."]} == document["fields"]
    assert (True, "fake@1") == (US.metadata["fake"], US.metadata["model"])
    assert US.metadata == document["_shopglot"]


def test_compose_leaves_the_merchants_own_key() -> None:
    """A listing that has a `_shopglot` of its own keeps it: what is unknown passes through."""
    page = HK.prepare(listing(_shopglot="mine"))
    assert "mine" == HK.compose(page, texts(page))["_shopglot"]


def test_compose_refuses_a_wrong_number_of_targets() -> None:
    """One target too few is an error, never a silent shift."""
    page = HK.prepare(listing())
    with pytest.raises((StopIteration, RuntimeError, ValueError)):
        HK.compose(page, texts(page)[:-1])


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (US, True),
        (replace(US, model="other@1"), False),
        (replace(US, decoding="beam"), False),
        (replace(US, market=replace(US.market, digest="x")), False),
        (replace(US, market=replace(US.market, name="uk")), False),
        (replace(US, plain=not US.plain), False),
        (replace(US, estimator=replace(US.estimator, digest="x")), False),
        (replace(US, batch_size=1), True),
    ],
    ids=["same", "model", "decoding", "glossaries", "market", "plain", "estimator", "batch size"],
)
def test_inputs_key_follows_what_decides_the_outcome(other: Localizer, same: bool) -> None:
    """Model, decoding, estimator, gate and the market's data make another key; how the work is cut does not."""
    assert same == (US.inputs_key(listing(), publish=True) == other.inputs_key(listing(), publish=True))


def test_inputs_key_follows_the_listing_and_the_kind_of_run() -> None:
    """Content and publishing count; the line where the listing stands does not."""
    key = US.inputs_key(listing(), publish=True)
    assert key != US.inputs_key(listing(stock=3), publish=True)
    assert key != US.inputs_key(listing(), publish=False)
    assert key == US.inputs_key(replace(listing(), line=9), publish=True)


def test_judge_screens_both_sides() -> None:
    """A rule that hits the source rejects, whatever the translation says."""
    item = US.whole("加微信领优惠", field="note")
    translation = Translation(
        source=item.source, target="Get a coupon", market="us", model="m", origin="machine", unit_key="",
        machine_key="", logprob=-0.1,
    )  # fmt: skip
    judged = US.judge(item, translation)
    assert ("reject", "common.diversion") == (judged.decision.verdict, judged.decision.reasons[0])
    assert translation is judged.translation


def test_units_of_equal_texts_are_equal() -> None:
    """The same text in another listing is the same unit; in a field of another policy it is another."""
    first, second = (US.unit(US.whole("枕头", field="title")) for _ in range(2))
    assert first.machine_key == second.machine_key
    assert first.machine_key != US.unit(US.whole("枕头", field="note")).machine_key
    assert first.machine_key != HK.unit(HK.whole("枕头", field="title")).machine_key
    assert (0, 2) == (first.request().attempt, first.request(2).attempt)


def gated(cutoff: float | None, **about: Any) -> Localizer:
    """Return the American localizer with an estimator that says .8 of every text, and a gate for its scores."""
    variant = Variant(views=frozenset(), bias=log(4), caution=0.0, weights={})
    estimator = Estimator(name="t", digest="0" * 64, scorer="", certain=0.9, variants=(variant,), usual={})
    gate = Gate(
        signature=estimator.signature(), cutoff=cutoff, risk=US.market.risk, confidence=US.market.confidence,
        listings=600, published=300, bad=40, bound=0.2,
    )  # fmt: skip
    return replace(US, estimator=estimator, market=replace(US.market, gate=gate, cutoff=0.5), plain=False, **about)


def judged(localizer: Localizer, origin: Origin = "machine", *, outdated: bool = False) -> tuple[float, Decision]:
    """Return score and decision of a clean pair."""
    item = localizer.whole("柔软的布料", field="note")
    translation = Translation(
        source=item.source, target="Soft fabric", market="us", model="m", origin=origin, unit_key="", machine_key=""
    )
    found = localizer.judge(item, translation, outdated=outdated)
    return found.score.value, found.decision


@pytest.mark.parametrize(
    ("cutoff", "decision"),
    [
        (0.8, Decision(verdict="publish")),
        (0.81, Decision(verdict="review", reasons=("score.low",))),
        (None, Decision(verdict="review", reasons=("gate.closed",))),
    ],
)
def test_judge_asks_the_gate(cutoff: float | None, decision: Decision) -> None:
    """The market's own cut-off decides on the estimator's score."""
    assert (0.8, decision) == judged(gated(cutoff))
    assert (1.0, Decision(verdict="publish")) == judged(gated(cutoff), "human")


def test_judge_holds_what_took_an_approved_text_s_place() -> None:
    """It waits for a person whatever its score, unless the market's policy lets it pass."""
    held = Decision(verdict="review", reasons=("human.outdated",))
    own = gated(0.1)
    assert (0.8, held) == judged(own, outdated=True)
    lax = replace(own, market=replace(own.market, hold_outdated=False))
    assert (0.8, Decision(verdict="publish")) == judged(lax, outdated=True)


def test_judge_without_a_gate() -> None:
    """Without a gate a page waits; where it may go by the plain cut-off that decides, and the page says so."""
    bare = replace(gated(0.8), market=replace(gated(0.8).market, gate=None))
    assert (0.8, Decision(verdict="review", reasons=("gate.uncalibrated",))) == judged(bare)
    plain = replace(bare, plain=True)
    assert (0.8, Decision(verdict="publish")) == judged(plain)
    told = [localizer.metadata["gate"] for localizer in (bare, plain, gated(0.8), gated(None))]
    assert ["uncalibrated", "plain", "fitted", "closed"] == told


def test_gate_of_another_model_says_nothing() -> None:
    """With the opinion of a model the score is another one, which the gate of scores without it does not speak of."""
    views: frozenset[View] = frozenset({"forward"})
    own = gated(0.8).estimator
    read = replace(own, scorer=US.model, variants=(*own.variants, replace(own.variants[0], views=views)))
    localizer = replace(gated(0.8), estimator=read)
    assert (views, "uncalibrated") == (localizer.readable, localizer.gate_state)
    other = replace(localizer, model="other@1")
    assert (frozenset(), "fitted") == (other.views, other.gate_state)


def reading(cutoff: float | None, *, reading: Reading = "deciding", plain: bool = False) -> Localizer:
    """Return a localizer whose gate was fitted on what the model says of a text."""
    views: frozenset[View] = frozenset({"forward"})
    known = gated(cutoff).estimator
    estimator = replace(
        known, scorer=US.model, variants=(*known.variants, replace(known.variants[0], views=views, bias=log(9)))
    )
    gate = gated(cutoff).market.gate
    assert gate is not None
    market = replace(US.market, gate=replace(gate, signature=estimator.signature(views)), reading=reading)
    return replace(US, estimator=estimator, market=market, plain=plain)


@pytest.mark.parametrize(
    ("localizer", "state", "read"),
    [
        (reading(0.8), "fitted", True),
        (reading(None), "closed", False),
        (reading(None, plain=True), "closed", False),
        (reading(None, reading="always"), "closed", True),
        (replace(reading(0.8), market=replace(reading(0.8).market, risk=0.01)), "uncalibrated", False),
        (replace(reading(0.8), market=replace(reading(0.8).market, gate=None), plain=True), "plain", True),
        (replace(reading(0.8), market=replace(reading(0.8).market, gate=None)), "uncalibrated", False),
    ],
)
def test_the_model_reads_where_it_can_decide(localizer: Localizer, state: str, read: bool) -> None:
    """Where nothing is published whatever it thinks, it is not asked, and the gate says the same as if it had been."""
    assert (state, read) == (localizer.gate_state, bool(localizer.views))
    assert localizer.score_signature.endswith("/forward")
    item = localizer.whole("柔软的布料", field="note")
    opinion = (("forward", -0.1),)  # an older night has read it
    text = Translation(
        source=item.source, target="Soft fabric", market="us", model="m", origin="machine", unit_key="",
        machine_key="", opinion=opinion,
    )  # fmt: skip
    found = localizer.judge(item, text)
    signature = localizer.estimator.signature(localizer.views)
    assert (0.9 if read else 0.8, signature) == (found.score.value, found.score.signature)
    assert signature.endswith("/forward" if read else "/surface")
    assert found.decision.reasons == ((f"gate.{state}",) if state in SHUT else ())


def test_reading_is_part_of_the_signature() -> None:
    """A run that asks for more than another makes its pages again."""
    assert reading(None).signature != reading(None, reading="always").signature


def test_judge_hears_what_was_dismissed() -> None:
    """A finding that a person set aside holds nothing; the score is that of the findings as they were found."""
    item = US.whole("柔软的枕头3个", field="note")
    translation = Translation(
        source=item.source, target="Soft pillow", market="us", model="m", origin="machine", unit_key="u",
        machine_key="k", logprob=-0.1,
    )  # fmt: skip
    before = US.judge(item, translation)
    [missing] = [one for one in before.findings if one.check == "number.changed"]
    said = dismissal(before, missing, US.screen.versions, reason="fine-here", actor="lin")
    after = US.judge(item, translation, dismissed={said.mark: said})
    assert "number.changed" in before.decision.reasons
    assert set(before.decision.reasons) - {"number.changed"} == set(after.decision.reasons)
    assert before.score == after.score
    assert [one.check for one in before.findings] == [one.check for one in after.findings]


def test_an_ambiguous_character_may_be_dismissed() -> None:
    """What the conversion doubts is found after the score, and set aside like everything else."""
    doubtful = replace(HK, doubts=lambda text: [(text.index("发"), "發髮")])
    item = doubtful.whole("柔软的发", field="note")
    translation = Translation(
        source=item.source, target="柔軟的發", market="hk", model="m", origin="machine", unit_key="u", machine_key="k"
    )
    before = doubtful.judge(item, translation)
    [found] = [one for one in before.findings if one.check == "script.ambiguous"]
    said = dismissal(before, found, doubtful.screen.versions, reason="checked", actor="lin")
    after = doubtful.judge(item, translation, dismissed={said.mark: said})
    assert ("script.ambiguous" in before.decision.reasons, "script.ambiguous" in after.decision.reasons) == (
        True,
        False,
    )
