"""The night's run on the sample and the broken catalog, with the fake engine: the laws of the flow."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from shopglot.catalog import parse, read
from shopglot.dismissals import VERIFIED, dismissal, may_be_dismissed
from shopglot.executors.local import LocalExecutor
from shopglot.loading import load_localizers
from shopglot.localizer import Localizer
from shopglot.protect import protect
from shopglot.run import Night, run
from shopglot.script import has_cjk
from shopglot.store import HumanText, Store, open_store
from shopglot.summary import Summary
from shopglot.types import JudgedSegment, Listing, Outcome, SegmentKey

pytestmark = pytest.mark.usefixtures("kind_data")
MARKETS = ("us", "hk", "mo", "tw")
Runner = Callable[..., tuple[Summary, list[Outcome]]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(str(tmp_path / "night.db")) as opened:
        yield opened


@pytest.fixture
def night(store: Store, tmp_path: Path) -> Runner:
    """Return a function that runs a catalog (a path, or listings) over the store."""

    def work(
        catalog: Path | list[dict[str, Any]],
        *,
        markets: tuple[str, ...] = ("us", "hk"),
        publish: bool = True,
        plain: bool = True,
        into: Store = store,
    ) -> tuple[Summary, list[Outcome]]:
        if isinstance(catalog, list):
            path = tmp_path / "catalog.jsonl"
            path.write_text(
                "".join(json.dumps(listing, ensure_ascii=False) + "\n" for listing in catalog), encoding="utf-8"
            )
            catalog = path
        outcomes: list[Outcome] = []
        summary = run(
            Night(
                catalog=str(catalog),
                content="",
                total=None,
                localizers=load_localizers(markets, model="fake", plain=plain),
                store=into,
                executor=LocalExecutor(),
                publish=publish,
                emit=outcomes.append,
            )
        )
        return summary, outcomes

    return work


def pillow(**fields: Any) -> dict[str, Any]:
    """Return a small clean listing."""
    return {
        "id": "p1",
        "merchant": "m",
        "fields": {"title": "记忆棉旅行枕", **fields},
        "stock": 3,
        "x": {"y": [1, None]},
    }


def test_one_outcome_per_line_and_market(sample: Path, broken: Path, tmp_path: Path, night: Runner) -> None:
    """Law 1: lines in are outcomes out, in every market, and every failed one says line, reason and why, twice."""
    both = tmp_path / "both.jsonl"
    both.write_bytes(sample.read_bytes() + broken.read_bytes())
    lines = sum(1 for _ in read(str(both)))
    summary, outcomes = night(both, markets=MARKETS)
    assert {(line, market): 1 for line in range(1, lines + 1) for market in MARKETS} == Counter(
        (outcome.line, outcome.market) for outcome in outcomes
    )
    assert lines == summary.listings
    assert dict.fromkeys(MARKETS, lines) == {
        market: sum(counts.values()) for market, counts in summary.outcomes.items()
    }
    held = [outcome for outcome in outcomes if outcome.status != "publish"]
    assert [] == [o for o in held if not (o.reasons and o.message and has_cjk(o.message_zh))]
    assert summary.failed_lines == sum(1 for o in outcomes if o.status == "failed" and o.market == "us") > 10


def test_unchanged_catalog_costs_nothing(sample: Path, night: Runner, store: Store) -> None:
    """Law 7: a second run over the same catalog translates nothing and publishes nothing."""
    first, before = night(sample)
    again, after = night(sample)
    assert first.translated > 500
    assert (0, 0, 0) == (again.translated, again.published, again.segments)
    assert sorted(before, key=repr) == sorted(after, key=repr)
    assert first.outcomes == again.outcomes


def test_published_catalog(sample: Path, night: Runner, store: Store) -> None:
    """What is published is the listing rebuilt: pass-through identical, text in the script of the market."""
    night(sample)
    originals = {line.id: line.document for line in read(str(sample)) if isinstance(line, Listing)}
    pages = list(store.published("us"))
    assert pages
    for page in pages:
        original = originals[str(page["id"])]
        assert set(page) == {*original, "_shopglot"}
        assert {key: page[key] for key in original if key not in ("fields", "brand")} == {
            key: original[key] for key in original if key not in ("fields", "brand")
        }
        assert set(page["fields"]) == set(original["fields"])  # type: ignore[arg-type]
        brand = str(original.get("brand", ""))
        # What is opaque stays: a brand without a known English form, people who are mentioned, kaomoji.
        texts = json.dumps(page["fields"], ensure_ascii=False).replace(brand or "@", "")
        for mask in protect(texts):
            texts = texts.replace(mask.text, " ")
        assert not has_cjk(texts), texts
        assert page["_shopglot"]["fake"] is True  # type: ignore[index,call-overload]


def test_unknown_fields_pass(night: Runner, store: Store) -> None:
    """Law 3: what shopglot does not know comes out as it went in."""
    night([pillow(extra={"深": ["层", None, 1.5]})])
    (page,) = store.published("us")
    assert ({"深": ["层", None, 1.5]}, {"y": [1, None]}, 3) == (page["fields"]["extra"], page["x"], page["stock"])  # type: ignore[index,call-overload]


def test_changed_listing(night: Runner, store: Store) -> None:
    """A changed field does its own segments again, publishes a second version, and leaves the rest to memory."""
    night([pillow(note="很舒服")], markets=("us",))
    summary, _ = night([pillow(note="真的很舒服")], markets=("us",))
    assert (1, 1) == (summary.translated, summary.published)
    assert [1, 2] == [event["version"] for event in store.history("p1") if event["event"] == "version"]


def test_changed_price_publishes_without_translating(night: Runner) -> None:
    """A changed price is published; no text is translated."""
    night([pillow()])
    summary, _ = night([pillow() | {"stock": 4}])
    assert (0, 2) == (summary.translated, summary.published)


def test_rejected_page_is_taken_down(night: Runner, store: Store) -> None:
    """A page that was on sale and now makes a forbidden claim is withdrawn, with the reason."""
    night([pillow()], markets=("us",))
    assert 1 == len(list(store.published("us")))
    summary, (outcome,) = night([pillow(note="加微信 abc 领优惠，治疗颈椎病")], markets=("us",))
    assert ("reject", 1) == (outcome.status, summary.withdrawn)
    assert [] == list(store.published("us"))


def test_no_publish(night: Runner, store: Store) -> None:
    """--no-publish judges and remembers; the next run publishes without translating again."""
    dry, _ = night([pillow()], publish=False)
    assert (0, []) == (dry.published, list(store.published("us")))
    summary, _ = night([pillow()])
    assert (0, 2) == (summary.translated, summary.published)


def test_human_text_wins(night: Runner, store: Store) -> None:
    """Law 8: what a person approved for a text is what is published, and the engine is not asked."""
    (localizer,) = load_localizers(("us",), model="fake")
    (item,) = localizer.segments(
        "非常柔软的枕头", SegmentKey(merchant="m", listing="p1", path="/fields/title", index=0), field="title"
    ).segments
    unit = localizer.unit(item)
    store.approve(
        HumanText(
            unit_key=unit.unit_key, market="us", source=item.source, target="The Softest Pillow", approved_by="ann"
        )
    )
    summary, _ = night([{"id": "p1", "merchant": "m", "fields": {"title": "非常柔软的枕头"}}], markets=("us",))
    (page,) = store.published("us")
    assert "The Softest Pillow" == page["fields"]["title"]  # type: ignore[index,call-overload]
    assert 0 == summary.translated


@pytest.mark.parametrize(
    ("listing", "us", "hk"),
    [
        (pillow() | {"markets": ["us"]}, "publish", "skipped"),
        ({"id": "1", "fields": {"title": "Soft travel pillow"}}, "publish", "skipped"),
        ({"id": "1", "fields": {"title": "ふわふわの旅行用まくら、とても柔らかい"}}, "skipped", "skipped"),
        ({"id": "1", "fields": {"title": "記憶棉旅行枕 飛機頸枕"}}, "publish", "publish"),
        ({"id": "1", "fields": {}}, "skipped", "skipped"),
        ({"id": "1", "fields": {"title": "  "}}, "skipped", "skipped"),
        ({"fields": {"title": "枕头"}}, "failed", "failed"),
    ],
)
def test_who_comes_in(listing: dict[str, Any], us: str, hk: str, night: Runner) -> None:
    """Markets that are not offered, other languages and empty pages are skipped with a reason."""
    _, outcomes = night([listing])
    assert {"us": us, "hk": hk} == {outcome.market: outcome.status for outcome in outcomes}
    assert all(o.reasons and o.message and o.message_zh for o in outcomes if o.status not in ("publish", "review"))


def test_market_closed_later(night: Runner, store: Store) -> None:
    """A page whose merchant stops offering it in a market is taken down there."""
    night([pillow()])
    night([pillow() | {"markets": ["hk"]}])
    assert ([], 1) == (list(store.published("us")), len(list(store.published("hk"))))


def test_duplicates(night: Runner) -> None:
    """Of two lines with one identity the first counts; another merchant may use the same id."""
    _, outcomes = night([pillow(), pillow(note="后来的"), pillow() | {"merchant": "n"}], markets=("us",))
    assert {1: "publish", 2: "failed", 3: "publish"} == {outcome.line: outcome.status for outcome in outcomes}
    assert [("duplicate-id",)] == [outcome.reasons for outcome in outcomes if outcome.status == "failed"]


def test_each_text_once(night: Runner) -> None:
    """A text that stands in many listings is translated once."""
    listings = [{"id": str(number), "fields": {"note": "大家都说好用的枕头"}} for number in range(50)]
    summary, _ = night(listings, markets=("us",))
    assert 1 == summary.translated


def test_uncalibrated_market_publishes_nothing(night: Runner, store: Store) -> None:
    """Without a gate every page waits for review and says why; the stand-in alone decides by the plain cut-off."""
    summary, outcomes = night([pillow()], plain=False)
    assert {"us": "plain", "hk": "uncalibrated"} == summary.gates
    assert {"us": ("publish", ()), "hk": ("review", ("gate.uncalibrated",))} == {
        outcome.market: (outcome.status, outcome.reasons) for outcome in outcomes
    }
    (held,) = (outcome for outcome in outcomes if outcome.market == "hk")
    assert ("/fields/title", True) == (held.field, bool(held.message and has_cjk(held.message_zh)))
    assert [] == list(store.published("hk"))


def test_plain_cutoff_is_another_night(night: Runner, store: Store) -> None:
    """What waits for review is taken up again, from memory, by a run that is allowed to publish without a promise."""
    night([pillow()], markets=("hk",), plain=False)
    summary, (outcome,) = night([pillow()], markets=("hk",))
    assert ("publish", 0, {"hk": "plain"}) == (outcome.status, summary.translated, summary.gates)
    (page,) = store.published("hk")
    assert "plain" == page["_shopglot"]["gate"]  # type: ignore[index,call-overload]


def test_opinions_are_kept(night: Runner, store: Store) -> None:
    """The model reads what it wrote: its numbers stand in the memory, and the score that is told had them."""
    night([pillow(note="很舒服")], markets=("us",))
    (localizer,) = load_localizers(("us",), model="fake")
    units = [localizer.unit(item) for item in localizer.prepare(admitted(pillow(note="很舒服"))).segments]
    machine, _ = store.recall("us", [unit.machine_key for unit in units], [])
    assert machine
    assert all({"forward", "backward"} <= dict(item.opinion).keys() for item in machine.values())
    (page,) = store.published("us")
    assert localizer.score_signature == page["_shopglot"]["score"]  # type: ignore[index,call-overload]
    assert localizer.score_signature.endswith("/backward+forward")


def admitted(document: dict[str, Any]) -> Listing:
    """Return a listing as it would be read."""
    parsed = parse(document, line=1)
    assert isinstance(parsed, Listing)
    return parsed


def test_audit_is_drawn(night: Runner, store: Store) -> None:
    """A share of what was published, rounded up, waits for a reviewer all the same, and the summary says how many."""
    listings = [pillow() | {"id": f"p{number}"} for number in range(30)]
    summary, _ = night(listings, markets=("us",))
    share = load_localizers(("us",), model="fake")[0].market.audit_share
    drawn = store.audits("us", run_id=summary.run_id)
    assert (30, ceil(30 * share)) == (summary.published, summary.audited)
    assert summary.audited == len(drawn) == len({audit.listing for audit in drawn})
    assert summary.as_json()["audited"] == summary.audited


def test_nothing_published_is_nothing_to_audit(night: Runner, store: Store) -> None:
    """A dry run and an unchanged night draw no audit; what was drawn before stays."""
    dry, _ = night([pillow()], publish=False)
    first, _ = night([pillow()])
    again, _ = night([pillow()])
    assert (0, 2, 0) == (dry.audited, first.audited, again.audited)
    assert [first.run_id] == [audit.run_id for audit in store.audits("us")]


def test_audit_of_a_resumed_run_is_the_same(night: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies after it has drawn draws the same listings when it is taken up, and no more."""
    listings = [pillow() | {"id": f"p{number}"} for number in range(30)]

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, open_store(str(tmp_path / "cut.db")) as cut:
        patch.setattr(Store, "finish_run", die)
        with pytest.raises(KeyboardInterrupt):
            night(listings, markets=("us",), into=cut)
        before = cut.audits("us")
    with open_store(str(tmp_path / "cut.db")) as cut:
        summary, _ = night(listings, markets=("us",), into=cut)
        assert (True, len(before)) == (summary.resumed, summary.audited)
        assert before == cut.audits("us")


RULE = "common.superlative.state-level"


def numbered(name: str = "p1", note: str = "出差路上也能睡好") -> dict[str, Any]:
    """Return a page whose approved title lacks a number."""
    return {"id": name, "merchant": "m", "fields": {"title": "记忆棉旅行枕3个装", "note": note}}


def praised(name: str = "p2", note: str = "国家级的好枕头") -> dict[str, Any]:
    """Return a page that a rule wants a person to read."""
    return {"id": name, "merchant": "m", "fields": {"title": "记忆棉旅行枕", "note": note}}


class Translator:
    """Approves and dismisses what a page says, as somebody at the desk does."""

    def __init__(self, store: Store, market: str = "us") -> None:
        self.store, self.market = store, market

    @property
    def localizer(self) -> Localizer:
        """The market."""
        [found] = load_localizers((self.market,), model="fake", plain=True)
        return found

    def judged(self, page: dict[str, Any], field: str, target: str) -> JudgedSegment:
        """Return the first text of a field, judged with a translation of this person's."""
        listing = parse(page, line=1)
        assert isinstance(listing, Listing)
        [item] = [item for item in self.localizer.prepare(listing).segments if item.field == field]
        unit = self.localizer.unit(item).unit_key
        text = HumanText(
            unit_key=unit, market=self.market, source=item.source, target=target, approved_by="lin",
            merchant=listing.merchant, listing=listing.id, path=item.key.path, index=item.key.index, field=field,
        )  # fmt: skip
        self.store.approve(text, reuse=self.localizer.market.reuse)
        said = self.store.approvals.recall(self.market, [("m", listing.id)], [unit], reuse="market")
        found = said.text(("m", listing.id), unit)
        assert found is not None
        return self.localizer.judge(item, found)

    def dismiss(self, judged: JudgedSegment) -> list[str]:
        """Set aside whatever may be of a text; return the ids."""
        found = [one for one in judged.findings if may_be_dismissed(one)]
        for one in found:
            given = dismissal(judged, one, self.localizer.screen.versions, reason="false-alarm", actor="lin")
            self.store.dismissals.dismiss(given, reuse=self.localizer.market.reuse)
        return [one.check for one in found]


def test_dismissed_pages_publish(night: Runner, store: Store) -> None:
    """What a check and what a rule held is published by the next run, and by nothing less; other pages stay held."""
    lin = Translator(store)
    pages = [numbered(), praised(), praised("p3")]
    night(pages, markets=("us",))
    counted = lin.judged(pages[0], "title", "Memory Foam Travel Pillow")
    praise = lin.judged(pages[1], "note", "Nice pillow.")
    _, outcomes = night(pages, markets=("us",))
    assert [("review", ("number.changed",)), ("review", (RULE,)), ("review", (RULE,))] == [
        (outcome.status, outcome.reasons) for outcome in outcomes
    ]
    assert (["number.changed"], [RULE]) == (lin.dismiss(counted), lin.dismiss(praise))
    summary, outcomes = night(pages, markets=("us",))
    assert {"p1": "publish", "p2": "publish", "p3": "review"} == {outcome.id: outcome.status for outcome in outcomes}
    assert (0, 2) == (summary.translated, summary.published)
    assert ["Memory Foam Travel Pillow"] == [p["fields"]["title"] for p in store.published("us") if p["id"] == "p1"]  # type: ignore[index,call-overload]
    again, after = night(pages, markets=("us",))
    assert (0, 0, 0) == (again.translated, again.published, again.segments)
    assert sorted(outcomes, key=repr) == sorted(after, key=repr)
    assert "dismiss" in [event.get("action") for event in store.history("p2")]


def test_a_check_s_dismissal_follows_its_text(night: Runner, store: Store) -> None:
    """Another page that gets the approved text is not held for what was looked at already; another market's is."""
    lin = Translator(store)
    night([numbered()])
    lin.dismiss(lin.judged(numbered(), "title", "Memory Foam Travel Pillow"))
    Translator(store, "hk").judged(numbered(), "title", "記憶棉枕頭")
    summary, outcomes = night([numbered(), numbered("p9")])
    told = {(outcome.market, outcome.id): (outcome.status, outcome.reasons) for outcome in outcomes}
    assert ("publish", ()) == told["us", "p1"] == told["us", "p9"]
    assert ("review", ("number.changed",)) == told["hk", "p1"] == told["hk", "p9"]
    assert 2 == summary.published


def test_a_changed_text_holds_again(night: Runner, store: Store) -> None:
    """Another source is another text, and another translation is looked at anew; what is said of the rest stands."""
    lin = Translator(store)
    night([numbered(), praised()], markets=("us",))
    lin.dismiss(lin.judged(numbered(), "title", "Memory Foam Travel Pillow"))
    lin.dismiss(lin.judged(praised(), "note", "Nice pillow."))
    night([numbered(), praised()], markets=("us",))
    assert ["p1", "p2"] == [page["id"] for page in store.published("us")]
    _, outcomes = night([numbered(note="出差路上睡得好"), praised(note="国家级的枕头")], markets=("us",))
    assert ["publish", "review"] == [outcome.status for outcome in outcomes]
    assert RULE in outcomes[1].reasons
    lin.judged(numbered(), "title", "A Memory Foam Travel Pillow")
    _, outcomes = night([numbered(note="出差路上睡得好")], markets=("us",))
    assert ("review", ("number.changed",)) == (outcomes[0].status, outcomes[0].reasons)


def test_a_changed_rule_holds_again(night: Runner, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said of a rule was said of it as it was."""
    lin = Translator(store)
    night([praised()], markets=("us",))
    lin.dismiss(lin.judged(praised(), "note", "Nice pillow."))
    monkeypatch.setitem(lin.localizer.screen.versions, RULE, 99)
    _, [outcome] = night([praised()], markets=("us",))
    assert ("review", (RULE,)) == (outcome.status, outcome.reasons)


def test_what_holds_is_what_is_told(night: Runner, store: Store) -> None:
    """Beside a finding that was set aside the outcome speaks of the one that was not."""
    lin = Translator(store)
    page = {"id": "p1", "merchant": "m", "fields": {"title": "记忆棉旅行枕3个装，送2个眼罩"}}
    night([page], markets=("us",))
    judged = lin.judged(page, "title", "Memory Foam Travel Pillow and Eye Masks")
    held = [one for one in judged.findings if one.check == "number.changed"]
    assert 2 == len(held)
    lin.dismiss(replace(judged, findings=tuple(held[:1])))
    _, [outcome] = night([page], markets=("us",))
    assert "number.changed" in outcome.reasons
    assert VERIFIED not in outcome.message_zh
    assert "set aside" not in outcome.message
