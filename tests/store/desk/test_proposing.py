"""Terms and rules that translators propose."""

from __future__ import annotations

from typing import Any

import pytest

from shopglot.errors import DataError, UsageError
from shopglot.store import Store
from shopglot.store.encoding import load
from shopglot.store.schema import actions


def add(store: Store, source: str = "冰丝", target: str = "cooling fabric", **more: Any) -> int:
    """Propose a term."""
    return store.proposals.add("us", "term", source, target, **({"actor": "lin"} | more))


def acts(store: Store) -> list[tuple[str, str, Any]]:
    """Return the log."""
    with store.database.read() as connection:
        rows = connection.execute(actions.select().order_by(actions.c.id))
        return [(row.actor, row.action, load(row.detail)["proposal"]) for row in rows]


def test_propose_take_decline(store: Store) -> None:
    """Propose take decline."""
    first = add(store, field="title", note="not silk", merchant="m", listing="p1", example="冰丝凉席")
    second = add(store, "显瘦", "slimming")
    assert [one.source for one in store.proposals.list(became="open")] == ["冰丝", "显瘦"]
    assert store.proposals.close(first, taken=True, actor="wong")
    assert store.proposals.close(second, taken=False, actor="wong", note="a claim")
    assert not store.proposals.close(first, taken=False, actor="mei"), "it is closed already"
    assert [(one.id, one.became, one.closed_by) for one in store.proposals.list()] == [
        (first, "taken", "wong"), (second, "declined", "wong"),
    ]  # fmt: skip
    assert store.proposals.count() == {"open": 0, "taken": 1, "declined": 1}
    assert acts(store) == [
        ("lin", "propose", first), ("lin", "propose", second), ("wong", "proposal-take", first),
        ("wong", "proposal-decline", second),
    ]  # fmt: skip


def test_as_json_has_everything(store: Store) -> None:
    """As json has everything."""
    number = add(store, " 冰丝 ", "cooling fabric\n", field="title", merchant="m", listing="p1", example="冰丝凉席")
    found = store.proposals.get(number)
    assert found is not None
    told = found.as_json()
    assert (told["source"], told["target"], told["by"], told["state"]) == ("冰丝", "cooling fabric", "lin", "open")
    assert told["closed_at"] is None


def test_the_same_again_is_the_one_that_is_open(store: Store) -> None:
    """The same again is the one that is open."""
    first = add(store)
    assert add(store, actor="mei") == first
    assert add(store, field="title") != first
    store.proposals.close(first, taken=False, actor="wong")
    assert add(store) != first


def test_of_one_market(store: Store) -> None:
    """Of one market."""
    add(store)
    store.proposals.add("hk", "rule", "最好", "", actor="lin", note="superlative")
    assert [one.market for one in store.proposals.list(["hk"])] == ["hk"]
    assert store.proposals.count(["hk", "tw"])["open"] == 1
    assert store.proposals.get(99) is None


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (("xx", "term", "冰丝", "ice"), UsageError, "no such market"),
        (("us", "word", "冰丝", "ice"), UsageError, "propose one of"),
        (("us", "term", " ", "ice"), DataError, "names the words"),
        (("us", "term", "冰丝", " "), DataError, "how it is to be translated"),
        (("us", "rule", "最好", ""), DataError, "what is wrong"),
        (("us", "term", "丝" * 501, "ice"), DataError, "too many"),
        (("us", "term", "冰丝", "i" * 501), DataError, "too many"),
    ],
)
def test_what_says_too_little_or_too_much(
    store: Store, given: tuple[str, str, str, str], error: type[Exception], says: str
) -> None:
    """What says too little or too much."""
    with pytest.raises(error, match=says):
        store.proposals.add(*given, actor="lin")
    assert store.proposals.list() == ()


def test_closing_what_is_not_there(store: Store) -> None:
    """Closing what is not there."""
    with pytest.raises(DataError, match="none of that number"):
        store.proposals.close(7, taken=True, actor="wong")


def test_texts_of_any_kind(store: Store) -> None:
    """Texts of any kind."""
    odd = "<b>😀\x00\ud800'\";--"
    number = add(store, odd, odd, note=odd, merchant=odd, listing=odd, example=odd * 1000, actor="林")
    found = store.proposals.get(number)
    assert found is not None
    assert (found.source, found.target, found.example) == (odd, odd, odd * 1000)
    assert add(store, odd, odd) == number
