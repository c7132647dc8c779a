"""Machine text by machine key, human text by unit key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot.errors import StoreError
from shopglot.store import HumanText, RunSpec, Store
from shopglot.types import Translation

MADE = Translation(
    source="慢回弹\ud800记忆棉",
    target="Slow-rebound \U0001f600 memory foam\x00",
    market="us",
    model="fake@0",
    origin="machine",
    unit_key="u1",
    machine_key="k1",
    logprob=-0.123456789012345,
    tokens=7,
    attempt=1,
    attempts=3,
    lost=2,
    truncated=True,
    repeated=True,
)


def test_what_was_remembered_is_recalled_whole(store: Store) -> None:
    """Every field comes back; the origin says that it comes from the memory."""
    store.remember(None, [MADE])
    assert ({"k1": replace(MADE, origin="memory")}, {}) == store.recall("us", ["k1", "k2", "k1"], [])


def test_a_missing_log_probability_is_none(store: Store) -> None:
    """An engine without one leaves None, not zero."""
    store.remember(None, [replace(MADE, logprob=None)])
    machine, _ = store.recall("us", ["k1"], [])
    assert machine["k1"].logprob is None


def test_a_run_s_own_text_is_machine_text(store: Store, spec: RunSpec) -> None:
    """A resumed run gets the origin that an undisturbed one had; the next night gets `memory`."""
    run = store.begin_run(spec)
    [batch] = store.save_plan(run.id, "w", "us", 0, [["k1"]])
    store.remember(batch, [MADE])
    assert MADE == store.recall("us", ["k1"], [], run_id=run.id)[0]["k1"]
    assert "memory" == store.recall("us", ["k1"], [], run_id=run.id + 1)[0]["k1"].origin


def test_the_chosen_text_of_a_retry_stays(store: Store) -> None:
    """What is remembered last for a key is what is recalled."""
    store.remember(None, [MADE])
    store.remember(None, [replace(MADE, target="better", lost=0, attempt=2)])
    machine, _ = store.recall("us", ["k1"], [])
    assert ("better", 0, 2) == (machine["k1"].target, machine["k1"].lost, machine["k1"].attempt)


def test_a_text_is_recalled_in_its_market_only(store: Store) -> None:
    """Neither machine nor human text crosses a market."""
    store.remember(None, [MADE])
    store.approve(HumanText(unit_key="u1", market="us", source="记忆棉", target="Memory foam", approved_by="lin"))
    assert ({}, {}) == store.recall("hk", ["k1"], ["u1"])


def test_human_text_is_found_by_its_unit(store: Store) -> None:
    """A person's text is of origin `human`; approving again replaces it."""
    first = HumanText(unit_key="u1", market="us", source="记忆棉", target="Foam", approved_by="lin")
    store.approve(first)
    store.approve(replace(first, target="Memory foam", approved_by="wu"))
    _, human = store.recall("us", ["k1"], ["u1", "u2"])
    assert {
        "u1": Translation(
            source="记忆棉",
            target="Memory foam",
            market="us",
            model="human",
            origin="human",
            unit_key="u1",
            machine_key="",
        )
    } == human


def test_recall_takes_more_keys_than_one_statement(store: Store) -> None:
    """A window of thousands of units is recalled at once."""
    made = [replace(MADE, machine_key=f"k{number}") for number in range(1201)]
    store.remember(None, made)
    machine, _ = store.recall("us", (translation.machine_key for translation in made), ())
    assert [translation.machine_key for translation in made] == sorted(machine, key=lambda key: int(key[1:]))


def test_text_and_done_flag_are_written_together(store: Store, spec: RunSpec) -> None:
    """A batch of a plan that is gone leaves no text behind: both or nothing."""
    run = store.begin_run(spec)
    [batch] = store.save_plan(run.id, "w", "us", 0, [["k1"]])
    store.finish_run(run, {})
    with pytest.raises(StoreError, match="belongs to no plan"):
        store.remember(batch, [MADE])
    assert ({}, {}) == store.recall("us", ["k1"], [])


def test_an_opinion_is_kept_by_name(store: Store) -> None:
    """Named numbers come back in the order of their names, infinite ones too; without an opinion there are none."""
    given = (("forward.mean", -0.25), ("backward.mean", -0.1), ("alone.worst", float("-inf")))
    store.remember(None, [replace(MADE, opinion=given), replace(MADE, machine_key="k2")])
    machine, _ = store.recall("us", ["k1", "k2"], [])
    assert (tuple(sorted(given)), ()) == (machine["k1"].opinion, machine["k2"].opinion)
