"""`shopglot rollback` as people call it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from shopglot.store import RunSpec, Settlement, open_store
from shopglot.types import Outcome

Invoke = Callable[..., Result]

SPEC = RunSpec(catalog="c", content="0", markets=("hk",), engines=("e",), policy="p")


def night(*, title: str, names: list[str], merchant: str = "m") -> None:
    """Publish pages with a title."""
    with open_store("shopglot.db") as store:
        run = store.begin_run(SPEC)
        store.see(run.id, [(line, merchant, name) for line, name in enumerate(names, 1)])
        store.settle_many(
            run.id,
            [
                Settlement(
                    outcome=Outcome(line=line, merchant=merchant, id=name, market="hk", status="publish"),
                    inputs_key=title, judged=[], document={"id": name, "fields": {"title": title}},
                )
                for line, name in enumerate(names, 1)
            ],
        )  # fmt: skip
        store.finish_run(run, {})


def on_sale(invoke: Invoke) -> list[tuple[str, str]]:
    """Return id and title of what is on sale."""
    lines = [json.loads(line) for line in invoke("export", "--market", "hk").stdout.splitlines()]
    return [(line["id"], line["fields"]["title"]) for line in lines]


@pytest.fixture
def twice(invoke: Invoke) -> Invoke:
    """A store with two nights of two pages."""
    night(title="one", names=["a", "b"])
    night(title="two", names=["a", "b"])
    return invoke


def test_one_page(twice: Invoke) -> None:
    """By default to the last different content; to a version; what it says is for people or machines."""
    result = twice("rollback", "a", "--market", "hk", "--by", "lin", "--note", "why")
    assert (0, "1 pages changed\n") == (result.exit_code, result.stdout)
    assert [("a", "one"), ("b", "two")] == on_sale(twice)
    result = twice("rollback", "a", "--market", "hk", "--to", "2", "--json")
    step = {"merchant": "m", "id": "a", "market": "hk", "from": 3, "to": 2, "paused": False, "refused": False}
    counts = {"changed": 1, "waiting": 0, "moved": 0, "refused": 0, "already": 0}
    assert {"dry_run": False, "plan": [step], **counts} == json.loads(result.stdout)
    assert "rollback by lin in hk: why" in twice("history", "a").stdout
    result = twice("rollback", "--release", "a", "--market", "hk")
    assert "a: the next run decides again\n" == result.stdout


def test_a_run_with_a_dry_run_first(twice: Invoke) -> None:
    """The plan is shown and nothing is done; then it is done, and doing it again has nothing to do."""
    result = twice("rollback", "--run", "2", "--dry-run")
    assert "2 pages" in result.stdout
    assert "version 2  version 1" in result.stdout
    assert [("a", "two"), ("b", "two")] == on_sale(twice)
    assert "2 pages changed\n" == twice("rollback", "--run", "2", "--market", "hk").stdout
    assert [("a", "one"), ("b", "one")] == on_sale(twice)
    assert "nothing to change: it is all so already\n" == twice("rollback", "--run", "2").stdout


def test_a_moment_and_a_person(twice: Invoke) -> None:
    """A time without zone is UTC."""
    twice("rollback", "a", "--market", "hk", "--by", "lin")
    assert "nothing to change" in twice("rollback", "--at", "2999-01-01", "--market", "hk").stdout
    assert "1 pages changed\n" == twice("rollback", "--person", "lin", "--since", "2020-01-01T00:00+08:00").stdout
    assert [("a", "two"), ("b", "two")] == on_sale(twice)


def test_many_pages_ask_for_a_yes(invoke: Invoke) -> None:
    """Nobody is there to be asked: nothing is done without --yes."""
    names = [f"p{number:02}" for number in range(21)]
    night(title="one", names=names)
    night(title="two", names=names)
    result = invoke("rollback", "--run", "2")
    assert 2 == result.exit_code
    assert "this changes 21 pages; look at them with --dry-run, then add --yes" in result.stderr
    assert {"two"} == {title for _, title in on_sale(invoke)}
    assert "and 1 more" in invoke("rollback", "--run", "2", "--dry-run").stdout
    assert "21 pages changed\n" == invoke("rollback", "--run", "2", "--yes").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say one of ID, --run, --at, --person, not none"),
        (["a", "--run", "1"], "not ID and --run"),
        (["a"], "ID needs one --market"),
        (["a", "--market", "hk", "--market", "us"], "ID needs one --market"),
        (["a", "--market", "hk", "--since", "2020-01-01"], "--since does not go with ID"),
        (["a", "--market", "hk", "--to", "1", "--release"], "--release does not go with --to"),
        (["--run", "1", "--to", "1"], "--to does not go with --run"),
        (["--at", "yesterday", "--market", "hk"], "--at yesterday: write a time as 2026-11-20T03:00"),
        (["--at", "2020-01-01", "--market", "hk"], "nothing was published in hk by then"),
        (["--run", "9"], "run 9: the store has no such run"),
        (["--person", "nobody"], "nothing in the catalog was changed by them"),
        (["x", "--market", "hk"], "listing 'x': store shopglot.db has none"),
        (["a", "--market", "hk", "--to", "7"], "there is no version 7"),
        (["a", "--market", "hk", "--to", "2"], "version 2 is on sale already"),
        (["a", "--market", "us"], "never published there"),
        (["a", "--market", "hk", "--release"], "nobody has pinned it"),
    ],
)
def test_what_cannot_be_done(twice: Invoke, arguments: list[str], message: str) -> None:
    """Status 2, with what to do."""
    result = twice("rollback", *arguments)
    assert 2 == result.exit_code, result.stdout
    assert message in result.stderr


def test_an_id_of_several_merchants(twice: Invoke) -> None:
    """The merchant has to be named."""
    night(title="other", names=["a"], merchant="n")
    result = twice("rollback", "a", "--market", "hk")
    assert (2, True) == (result.exit_code, "2 merchants have this id ('m', 'n'); say --merchant" in result.stderr)
    assert 0 == twice("rollback", "a", "--market", "hk", "--merchant", "m").exit_code
    assert [("a", "one"), ("b", "two"), ("a", "other")] == on_sale(twice)
