"""Who comes in: every line is admitted, settled already, or refused with a reason, before any text is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.catalog import parse
from shopglot.intake import Admission, Languages, admit, place
from shopglot.loading import load_localizers
from shopglot.script import has_cjk
from shopglot.store import Run, RunSpec, Settlement, Store, open_store
from shopglot.types import BrokenLine, Listing, Outcome

LOCALIZERS = load_localizers(("us", "hk"), model="fake")
US, HK = LOCALIZERS
TITLE = {"title": "记忆棉旅行枕"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(str(tmp_path / "night.db")) as opened:
        yield opened


@pytest.fixture
def now(store: Store) -> Run:
    """A run that has begun."""
    return begin(store)


def begin(store: Store, content: str = "") -> Run:
    """Begin a run."""
    return store.begin_run(RunSpec(catalog="c", content=content, markets=("us", "hk"), engines=("fake@1",), policy=""))


def line(number: int = 1, **document: Any) -> Listing | BrokenLine:
    """Return a catalog line as it would be read."""
    return parse({"id": "p1", "merchant": "m", "fields": TITLE} | document, line=number)


def admitted(store: Store, now: Run, *lines: Listing | BrokenLine, publish: bool = True) -> list[Admission]:
    """Admit lines."""
    return list(admit(lines, LOCALIZERS, store, now, publish=publish))


def told(outcomes: Sequence[Outcome]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return status and reasons by market."""
    return {outcome.market: (outcome.status, outcome.reasons) for outcome in outcomes}


def settle(store: Store, now: Run, listing: Listing, *, status: Any = "publish") -> None:
    """Settle a listing in the United States as a run would."""
    outcome = Outcome(line=listing.line, merchant=listing.merchant, id=listing.id, market="us", status=status)
    key = US.inputs_key(listing, publish=True)
    document = {"id": listing.id} if status == "publish" else None
    store.settle_many(now.id, [Settlement(outcome=outcome, inputs_key=key, judged=(), document=document)])


def test_new_listing_is_due_everywhere(store: Store, now: Run) -> None:
    """A Chinese page that nobody has seen is due in every market and a member of this run's windows."""
    (admission,) = admitted(store, now, line())
    assert (frozenset({"us", "hk"}), True, ()) == (admission.due, admission.member, admission.outcomes)


def test_broken_line_fails_everywhere(store: Store, now: Run) -> None:
    """A line that is no listing has its reason, field and both messages in every market, and nothing is due."""
    (admission,) = admitted(store, now, line(fields={"title": 3}))
    assert {"us": ("failed", ("field.type",)), "hk": ("failed", ("field.type",))} == told(admission.outcomes)
    assert {("/fields/title", True, True)} == {
        (o.field, bool(o.message), has_cjk(o.message_zh)) for o in admission.outcomes
    }
    assert (None, frozenset(), False) == (admission.listing, admission.due, admission.member)


def test_first_of_two_counts(store: Store, now: Run) -> None:
    """The later line of one identity fails with its id named; another merchant's line is no repetition."""
    first, second, other = admitted(store, now, line(1), line(2, stock=1), line(3, merchant="n"))
    assert {"us": ("failed", ("duplicate-id",)), "hk": ("failed", ("duplicate-id",))} == told(second.outcomes)
    refusal = second.outcomes[0]
    assert ("id", True, True) == (refusal.field, "'p1'" in refusal.message, "“p1”" in refusal.message_zh)
    assert ((), ()) == (first.outcomes, other.outcomes)


@pytest.mark.parametrize(
    ("document", "due", "refused"),
    [
        ({"markets": ["hk"]}, {"hk"}, {"us": ("skipped", ("market.not-offered",))}),
        ({"fields": {"title": "Soft travel pillow"}}, {"us"}, {"hk": ("skipped", ("language.en",))}),
        ({"fields": {"title": "記憶棉旅行枕頭"}}, {"us", "hk"}, {}),
        ({"fields": {"title": "여행용 베개"}}, set(), dict.fromkeys(("us", "hk"), ("skipped", ("language.ko",)))),
        ({"fields": {"title": " 123 "}}, set(), dict.fromkeys(("us", "hk"), ("skipped", ("listing.empty",)))),
        ({"fields": {}}, set(), dict.fromkeys(("us", "hk"), ("skipped", ("listing.empty",)))),
    ],
    ids=["market", "english", "traditional", "korean", "numbers", "nothing"],
)
def test_refusals(document: dict[str, Any], due: set[str], refused: dict[str, object], store: Store, now: Run) -> None:
    """Markets not offered, languages not taken and empty pages are skipped with a reason in both languages."""
    (admission,) = admitted(store, now, line(**document))
    assert due == admission.due
    assert refused == told(admission.outcomes)
    assert all(outcome.message and has_cjk(outcome.message_zh) for outcome in admission.outcomes)
    assert bool(due) == admission.member


def test_unchanged_listing_stands(store: Store, now: Run) -> None:
    """What an earlier run settled and nothing changed is standing, and no member of tonight's run."""
    admitted(store, now, listing := line())
    assert isinstance(listing, Listing)
    settle(store, now, listing)
    store.finish_run(now, {})
    (admission,) = admitted(store, begin(store, "tonight"), listing)
    assert {"us": ("publish", ())} == told(admission.standing)
    assert frozenset({"hk"}) == admission.due


def test_what_a_person_said_since_makes_it_due(store: Store, now: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that nothing changed on is due again where the store says so."""
    admitted(store, now, listing := line())
    assert isinstance(listing, Listing)
    settle(store, now, listing)
    (before,) = store.standing("us", [("m", "p1")]).values()
    again = {("m", "p1"): replace(before, again=True)}
    monkeypatch.setattr(Store, "standing", lambda _self, market, _identities: again if market == "us" else {})
    assert [None] == [own.outcome for own in place([listing], US, store, publish=True, language=Languages())]


def test_paused_page_is_skipped(store: Store, now: Run) -> None:
    """A page, known or not, that its merchant has paused is skipped with the reason; what is on sale is not touched."""
    store.enrolment.pause("us", "m", "p1", actor="ann")
    (admission,) = admitted(store, now, line())
    assert {"us": ("skipped", ("market.paused",))} == told(admission.outcomes)
    assert all(outcome.message and has_cjk(outcome.message_zh) for outcome in admission.outcomes)
    assert (frozenset({"hk"}), {}) == (admission.due, store.standing("us", [("m", "p1")]))


def test_dry_run_does_not_count_as_settled(store: Store, now: Run) -> None:
    """What was published is due again in a run that publishes nothing: their keys differ."""
    admitted(store, now, listing := line())
    assert isinstance(listing, Listing)
    settle(store, now, listing)
    (admission,) = admitted(store, now, listing, publish=False)
    assert "us" in admission.due


def test_page_that_is_no_longer_offered_is_leaving(store: Store, now: Run) -> None:
    """It has to go in a run that publishes, which is work for a window; a dry run leaves it on sale."""
    admitted(store, now, listing := line())
    assert isinstance(listing, Listing)
    settle(store, now, listing)
    closed = line(markets=["hk"])
    (dry,) = admitted(store, now, closed, publish=False)
    assert {"us": ("skipped", ("market.not-offered",))} == told(dry.outcomes)
    (admission,) = admitted(store, now, closed)
    assert ((), frozenset({"us"}), True) == (admission.outcomes, admission.leaving, admission.member)
    (own,) = place([closed], US, store, publish=True, language=Languages())  # type: ignore[list-item]
    assert own.outcome is not None
    assert (True, ("market.not-offered",)) == (own.leaving, own.outcome.reasons)
