"""Duplicates within a catalog, and listings that have disappeared from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.store import Missing, RunSpec, Settlement, Store, open_store, sightings


def test_the_first_of_two_lines_wins(store: Store, spec: RunSpec) -> None:
    """The later line is the duplicate, in one call and across calls; another merchant's id is another listing."""
    run = store.begin_run(spec)
    assert {3} == store.see(run.id, [(1, "m", "a"), (2, "m", "b"), (3, "m", "a"), (4, "n", "a")])
    assert {5} == store.see(run.id, [(5, "m", "b"), (6, "m", "c")])


def test_a_line_is_no_duplicate_of_itself_after_a_kill(url: str, spec: RunSpec) -> None:
    """A resumed run sees its lines again: the first ones are fine, the duplicates still are duplicates."""
    lines = [(1, "m", "a"), (2, "m", "a"), (3, "m", "b")]
    with open_store(url) as store:
        assert {2} == store.see(store.begin_run(spec).id, lines)
    with open_store(url) as store:
        run = store.begin_run(spec)
        assert run.resumed
        assert {2} == store.see(run.id, lines)


def test_the_next_night_starts_afresh(store: Store, spec: RunSpec) -> None:
    """A listing that moved up or down in tomorrow's catalog is no duplicate of today's line."""
    first = store.begin_run(spec)
    store.see(first.id, [(1, "m", "a"), (2, "m", "b")])
    store.finish_run(first, {})
    second = store.begin_run(spec)
    assert set() == store.see(second.id, [(1, "m", "b"), (9, "m", "a")])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=30), st.integers(min_value=1, max_value=7), st.integers(0, 30))
def test_duplicates_are_those_of_a_simple_loop(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], size: int, killed: int
) -> None:
    """Whatever the block size and wherever the run was killed, the answer is that of one pass with a set."""
    spec = RunSpec(catalog="c", markets=("us",), engines=(), policy="")
    lines = [(line, "m", name) for line, name in enumerate(names, 1)]
    expected = {line for line, _, name in lines if name in names[: line - 1]}
    with open_store(str(tmp_path_factory.mktemp("store") / "s.db")) as store:
        run = store.begin_run(spec)
        store.see(run.id, lines[:killed])
        blocks = [lines[start : start + size] for start in range(0, len(lines), size)]
        assert expected == set().union(*(store.see(run.id, block) for block in blocks))


def test_what_disappeared_is_reported(store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]) -> None:
    """A listing of last night that tonight's catalog lacks is named, with the markets where it is still on sale."""
    first = store.begin_run(spec)
    store.see(first.id, [(1, "m", "xhs-1"), (2, "m", "xhs-2"), (3, "m", "xhs-3")])
    store.settle_many(
        first.id,
        [settlement_of(1, title="A"), settlement_of(2, title="B"), settlement_of(2, title="C", market="hk")],
    )
    store.finish_run(first, {})
    second = store.begin_run(spec)
    store.see(second.id, [(1, "m", "xhs-1")])
    assert [
        Missing(merchant="m", id="xhs-2", last_seen_run=first.id, published=("hk", "us")),
        Missing(merchant="m", id="xhs-3", last_seen_run=first.id, published=()),
    ] == list(store.missing(second.id))


def test_another_catalog_s_listings_have_not_disappeared(store: Store, spec: RunSpec) -> None:
    """A catalog says nothing about the listings of another one."""
    first = store.begin_run(spec)
    store.see(first.id, [(1, "m", "a")])
    store.finish_run(first, {})
    second = store.begin_run(replace(spec, catalog="other.jsonl"))
    assert [] == list(store.missing(second.id))


def test_disappeared_listings_are_read_in_pages(store: Store, spec: RunSpec) -> None:
    """More than one page of them comes out whole, once each, while the caller writes."""
    first = store.begin_run(spec)
    names = [f"xhs-{number}" for number in range(1203)]
    store.see(first.id, [(line, "m", name) for line, name in enumerate(names, 1)])
    store.finish_run(first, {})
    second = store.begin_run(spec)
    found = []
    for gone in store.missing(second.id):
        found.append(gone.id)
        store.record(second.id, [])
    assert names == found


def test_lines_that_another_worker_notes_meanwhile(
    store: Store, spec: RunSpec, monkeypatch: pytest.MonkeyPatch, count: Callable[[str], int]
) -> None:
    """Between looking and writing somebody else has written the same: nothing is written twice, and nothing else."""
    run = store.begin_run(spec)
    lines = [(1, "m", "a"), (2, "m", "b"), (3, "m", "a")]
    store.see(run.id, lines)
    is_noted, answers = sightings._is_noted, iter([False])
    monkeypatch.setattr(sightings, "_is_noted", lambda *row: next(answers, None) is None and is_noted(*row))
    assert {3} == store.see(run.id, lines)
    assert 2 == count("listings")
