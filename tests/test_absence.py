"""Pages that left the catalog go where the policy says so, unless it looks like half a delivery."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import select

from shopglot.absence import Absent, retire
from shopglot.config import glossary_root
from shopglot.localizer import Localizer
from shopglot.market import load_market
from shopglot.store import Run, RunSpec, Settlement, Store, open_store
from shopglot.store.schema import publications
from shopglot.types import Outcome

SPEC = RunSpec(catalog="c.jsonl", content="c0", markets=("us",), engines=("fake@0",), policy="p0")
NAMES = [f"p{number}" for number in range(10)]


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open, empty store."""
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def localizer() -> Localizer:
    """A market that takes down what left, up to a fifth at once."""
    market = load_market(glossary_root(), "us")
    return cast("Localizer", SimpleNamespace(market=replace(market, withdraw_missing=True, missing_limit=0.2)))


def night(store: Store, names: list[str], *, failed: tuple[tuple[str, str], ...] = ()) -> Run:
    """See these pages and publish what is new among them; other lines fail, with an id and a reason."""
    run = store.begin_run(SPEC)
    store.see(run.id, [(line, "m", name) for line, name in enumerate(names, 1)])
    standing = store.standing("us", [("m", name) for name in names])
    for line, name in enumerate(names, 1):
        known = standing.get(("m", name))
        if known is None or known.again:
            outcome = Outcome(line=line, merchant="m", id=name, market="us", status="publish")
            store.settle_many(run.id, [Settlement(outcome=outcome, inputs_key="i", judged=[], document={"id": name})])
    lines = enumerate(failed, len(names) + 1)
    store.record(
        run.id,
        [
            Outcome(line=line, merchant="m" if name else "", id=name, market="us", status="failed", reasons=(why,))
            for line, (name, why) in lines
        ],
    )
    return run


def end(store: Store, run: Run, localizer: Localizer, *, publish: bool = True) -> Absent:
    """Retire what left, and finish the run."""
    absent = retire(store, run, [localizer], lines=10, publish=publish)
    store.finish_run(run, {})
    return absent


def on_sale(store: Store) -> list[str]:
    """Return the ids on sale."""
    return [str(document["id"]) for document in store.published("us")]


def test_a_page_that_left_is_taken_down(store: Store, localizer: Localizer) -> None:
    """With cause and run; the next night it is still missing, and nothing is done twice."""
    assert Absent(count=0, withdrawn=0, refused=False, examples=(), lines=()) == end(
        store, night(store, NAMES), localizer
    )
    second = night(store, NAMES[1:])
    absent = end(store, second, localizer)
    assert (1, 1, False, (("m", "p0"),)) == (absent.count, absent.withdrawn, absent.refused, absent.examples)
    assert ("1 pages of earlier nights are not in the catalog: m/p0",) == absent.lines
    assert NAMES[1:] == on_sale(store)
    with store.database.read() as connection:
        last = connection.execute(select(publications).where(publications.c.version == 2)).one()
    assert ("missing", second.id, "withdraw") == (last.cause, last.run_id, last.kind)
    third = end(store, night(store, NAMES[1:]), localizer)
    assert (1, 0, False) == (third.count, third.withdrawn, third.refused)


def test_a_page_that_comes_back_is_due(store: Store, localizer: Localizer) -> None:
    """Nothing of it changed, and still it is worked on and published."""
    end(store, night(store, NAMES), localizer)
    end(store, night(store, NAMES[1:]), localizer)
    assert store.standing("us", [("m", "p0")])["m", "p0"].again
    end(store, night(store, NAMES), localizer)
    assert NAMES == on_sale(store)


def test_half_a_catalog_takes_nothing_down(store: Store, localizer: Localizer) -> None:
    """Not tonight, and not when the same half comes again; a line says why, and a whole one is as if nothing was."""
    end(store, night(store, NAMES), localizer)
    for _ in range(2):
        absent = end(store, night(store, NAMES[:5]), localizer)
        assert (5, 0, True) == (absent.count, absent.withdrawn, absent.refused)
        assert "us: NOTHING TAKEN DOWN: 5 of 10 pages (50%) are not in tonight's 10 lines" in absent.lines[1]
        assert NAMES == on_sale(store)
    assert 0 == end(store, night(store, NAMES), localizer).count


def test_new_pages_do_not_hide_that_old_ones_left(store: Store, localizer: Localizer) -> None:
    """The share is one of what was there before."""
    end(store, night(store, NAMES), localizer)
    absent = end(store, night(store, [*NAMES[:5], *(f"new{number}" for number in range(40))]), localizer)
    assert (0, True) == (absent.withdrawn, absent.refused)


def test_what_left_before_does_not_count_again(store: Store, localizer: Localizer) -> None:
    """One page a night is a decision each night, however many that makes."""
    for first in range(4):
        end(store, night(store, NAMES[first:]), localizer)
    assert NAMES[3:] == on_sale(store)


@pytest.mark.parametrize(
    ("failed", "withdrawn", "said"),
    [
        ((("p0", "fields.missing"),), 0, ()),
        ((("", "json.invalid"),), 0, ("1 of its 10 lines cannot be read",)),
        ((("", "line.empty"),), 1, ()),
        ((("other", "fields.missing"),), 1, ()),
    ],
)
def test_a_broken_line_is_no_absence(
    store: Store, localizer: Localizer, failed: tuple[tuple[str, str], ...], withdrawn: int, said: tuple[str, ...]
) -> None:
    """Its page is there; one that says nothing of itself may be any page; an empty one is none."""
    end(store, night(store, NAMES), localizer)
    absent = end(store, night(store, NAMES[1:], failed=failed), localizer)
    assert withdrawn == absent.withdrawn
    assert len(said) == sum(text in line for text in said for line in absent.lines)
    assert 10 - withdrawn == len(on_sale(store))


@pytest.mark.parametrize(("policy", "publish"), [(False, True), (True, False)])
def test_only_policy_takes_pages_down(store: Store, localizer: Localizer, policy: bool, publish: bool) -> None:
    """It is reported in any case; a run that does not publish takes nothing down."""
    market = replace(localizer.market, withdraw_missing=policy)
    quiet = cast("Localizer", SimpleNamespace(market=market))
    end(store, night(store, NAMES), quiet)
    absent = end(store, night(store, NAMES[1:]), quiet, publish=publish)
    assert (1, 0, False, 10) == (absent.count, absent.withdrawn, absent.refused, len(on_sale(store)))


def test_a_page_that_left_while_it_was_paused_stays_down(store: Store, localizer: Localizer) -> None:
    """Resuming does not put back what the merchant no longer lists; when it comes back, the run does."""
    end(store, night(store, NAMES), localizer)
    store.enrolment.pause("us", "m", "p0", actor="lin")
    end(store, night(store, NAMES[1:]), localizer)
    resumed = store.enrolment.resume("us", "m", "p0", actor="lin")
    assert (0, 1) == (resumed.back, resumed.later)
    end(store, night(store, NAMES), localizer)
    assert NAMES == on_sale(store)


def test_large_absences_go_in_parts(store: Store, localizer: Localizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some pages to a transaction, each page once."""
    monkeypatch.setattr("shopglot.store.leaving.PAGES", 2)
    wide = cast("Localizer", SimpleNamespace(market=replace(localizer.market, missing_limit=0.9)))
    end(store, night(store, NAMES), wide)
    assert 7 == end(store, night(store, NAMES[:3]), wide).withdrawn
    assert NAMES[:3] == on_sale(store)
