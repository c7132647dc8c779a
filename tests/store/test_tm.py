"""The translation memory as people use it: what is found and in which order, what is written, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shopglot.errors import UsageError
from shopglot.memory import unit_key
from shopglot.memory.units import Unit
from shopglot.store import Filed, HumanText, Store, open_store
from shopglot.store.tm import Match
from shopglot.types import Segment, SegmentKey, Translation

UNIT = Unit(market="us", source="慢回弹记忆棉枕头", target="Slow-rebound pillow", provider="lingo", note="n")


def filed(**counts: int) -> Filed:
    """What became of units."""
    return Filed(**{**dict.fromkeys(("added", "replaced", "duplicates", "outdated"), 0), **counts})


def human(source: str, target: str, *, field: str = "title", listing: str = "") -> HumanText:
    """A person's text, on a page or everywhere."""
    segment = Segment(
        key=SegmentKey(merchant="", listing="", path="", index=0), field=field, style="phrase", source=source
    )
    return HumanText(
        unit_key=unit_key(segment, market="us"), market="us", source=source, target=target, approved_by="lin",
        field=field, merchant="m" if listing else "", listing=listing, path="/fields/title" if listing else "",
    )  # fmt: skip


def machine(source: str, target: str, *, model: str = "fake@1") -> Translation:
    """A machine's text."""
    return Translation(
        source=source, target=target, market="us", model=model, origin="machine", unit_key=f"u{source}",
        machine_key=f"{model}{source}",
    )  # fmt: skip


def shown(matches: list[Match]) -> list[tuple[str, str]]:
    """Return kind and target of matches."""
    return [(match.unit.kind, match.unit.target) for match in matches]


def said(detail: str) -> dict[str, object]:
    """Return what an act says of the memory."""
    return {key: value for key, value in json.loads(detail).items() if key in ("provider", "providers", "units")}


def test_people_come_first(store: Store) -> None:
    """Of texts as much alike, a person's beats a reference and that the machine's; a person's same text beats all."""
    store.approve(human("记忆棉枕头", "By a person"))
    store.tm.add([replace(UNIT, source="记忆棉枕头", target="By an agency")])
    store.remember(None, [machine("记忆棉枕头", "By a machine")])
    found = store.tm.search("us", "记忆棉枕头", machine=True)
    assert [("human", "By a person"), ("reference", "By an agency"), ("machine", "By a machine")] == shown(found)
    free = {"lingo": 0.0, "approved": 0.5}
    assert "human" == store.tm.search("us", "记忆棉枕头", penalties=free)[0].unit.kind
    near = shown(store.tm.search("us", "记忆棉枕", penalties=free))
    assert [("reference", "By an agency"), ("human", "By a person")] == near


def test_likeness_less_penalty(store: Store) -> None:
    """A closer reference beats a distant approval; the limit and the threshold hold."""
    store.tm.add([UNIT])
    store.approve(human("慢回弹记忆棉靠垫", "Cushion"))
    first, second = store.tm.search("us", "慢回弹记忆棉枕头")
    assert (1.0, "none", 0.02, "lingo") == (first.similarity, first.difference, first.penalty, first.unit.provider)
    assert (0.75, "text", 0.0, "current", "lin") == (
        second.similarity, second.difference, second.penalty, second.unit.status, second.unit.by,
    )  # fmt: skip
    assert 1 == len(store.tm.search("us", UNIT.source, limit=1))
    assert 1 == len(store.tm.search("us", UNIT.source, threshold=0.8))
    assert [] == store.tm.search("hk", UNIT.source)


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_the_limit_cuts_the_whole_ranking(store: Store, limit: int) -> None:
    """The search that stops early shows what a search without a limit shows first."""
    for number in range(6):
        store.tm.add([replace(UNIT, source=f"慢回弹记忆棉枕头{number}", provider=f"p{number}")])
        store.approve(human(f"慢回弹记忆棉枕{'头' * number}", f"Approved {number}"))
    penalties = {f"p{number}": number / 10 for number in range(6)}
    everything = store.tm.search("us", UNIT.source, limit=100, threshold=0.3, penalties=penalties)
    assert everything == sorted(everything, key=lambda match: match.rank)
    cut = store.tm.search("us", UNIT.source, limit=limit, threshold=0.3, penalties=penalties)
    assert everything[:limit] == cut


def test_a_search_sees_what_was_written_since(store: Store, url: str) -> None:
    """New units are found, superseded and removed ones are not, whoever wrote them."""
    text = human("记忆棉枕头", "First")
    store.approve(text)
    assert [("human", "First")] == shown(store.tm.search("us", text.source))
    with open_store(url) as other:
        other.approve(replace(text, target="Second"))
        other.tm.add([replace(UNIT, source=text.source)])
    assert [("human", "Second"), ("reference", UNIT.target)] == shown(store.tm.search("us", text.source))
    with open_store(url) as other:
        assert 1 == other.tm.remove(provider="lingo", market="us", actor="lin")
    assert [("human", "Second")] == shown(store.tm.search("us", text.source))


def test_outdated_texts_are_marked(store: Store) -> None:
    """An approved text whose source left its page is found, behind one that stands."""
    store.approve(human("记忆棉枕头", "Old", listing="1"))
    store.approve(human("记忆棉枕头", "New", listing="2"))
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE approvals SET status = 'outdated' WHERE target = 'Old'")
    new, old = store.tm.search("us", "记忆棉枕头")
    assert (("New", "current", 0.0), ("Old", "outdated", 0.01)) == (
        (new.unit.target, new.unit.status, new.penalty), (old.unit.target, old.unit.status, old.penalty),
    )  # fmt: skip


def test_one_pair_is_shown_once(store: Store) -> None:
    """The same text approved on many pages, and imported, is one match: the best."""
    for listing in "123":
        store.approve(human("枕头", "Pillow", listing=listing))
    store.tm.add([replace(UNIT, source="枕头", target="Pillow")])
    assert [("human", "Pillow")] == shown(store.tm.search("us", "枕头"))


def test_fields(store: Store) -> None:
    """With a field, only units of its policy are found; a reference keeps its own."""
    store.approve(human("枕头", "Pillow", field="title"))
    store.tm.add([replace(UNIT, source="枕头", target="pillow", field="attribute-value")])
    assert [("human", "Pillow")] == shown(store.tm.search("us", "枕头", field="subtitle"))
    assert [("reference", "pillow")] == shown(store.tm.search("us", "枕头", field="size-cell"))
    assert 2 == len(store.tm.search("us", "枕头"))


def test_machine_text_is_that_of_the_newest_model(store: Store) -> None:
    """Another model's texts are neither found nor exported; a new text of the model is found at once."""
    store.remember(None, [machine("枕头", "old", model="a@1")])
    assert [("machine", "old")] == shown(store.tm.search("us", "枕头", machine=True))
    store.remember(None, [machine("枕头", "new", model="b@1")])
    assert [("machine", "new")] == shown(store.tm.search("us", "枕头", machine=True))
    store.remember(None, [machine("软枕头", "soft", model="b@1")])
    assert [("machine", "soft")] == shown(store.tm.search("us", "软枕头", machine=True, limit=1))
    assert [] == store.tm.search("us", "枕头")
    assert ["new", "soft"] == sorted(unit.target for unit in store.tm.export("us", kinds=["machine"]))


def test_adding_twice_adds_once(store: Store) -> None:
    """An import may be repeated; another provider, target or policy is another unit."""
    others = [replace(UNIT, provider="b"), replace(UNIT, target="x"), replace(UNIT, field="title")]
    assert filed(added=1, duplicates=1) == store.tm.add([UNIT, UNIT])
    assert filed(added=3, duplicates=1) == store.tm.add([UNIT, *others])
    assert {"human": 0, "reference": 4, "machine": 0} == store.tm.count("us")
    assert filed() == store.tm.add([])


def test_acts_are_logged(store: Store) -> None:
    """Who imported and who removed stands in the log, with how many; nothing new is no act."""
    store.tm.add([UNIT, replace(UNIT, provider="", source="被子")], actor="lin", note="first")
    store.tm.add([UNIT], actor="lin")
    store.tm.remove(provider="lingo", actor="wu")
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, action, detail, note FROM actions ORDER BY id").all()
    assert [
        ("lin", "memory.import", {"providers": ["import", "lingo"], "units": 2}, "first"),
        ("wu", "memory.remove", {"provider": "lingo", "units": 1}, ""),
    ] == [(row.actor, row.action, said(row.detail), row.note) for row in rows]


def test_approving_units(store: Store) -> None:
    """Approved units are a person's texts for the market, in the fields that are named; again is no new approval."""
    units = [replace(UNIT, field="value"), replace(UNIT, source="被子", target="Quilt")]
    assert filed(added=2) == store.tm.approve(units, store.approve, fields=(), by="lin")
    keys = [human(UNIT.source, "", field="option-value").unit_key, human("被子", "", field="description").unit_key]
    found = store.recall("us", [], keys)[1]
    assert [UNIT.target, "Quilt"] == [found[key].target for key in keys]
    assert filed(duplicates=2) == store.tm.approve(units, store.approve, fields=(), by="lin")
    again = [replace(UNIT, target="Better")]
    assert filed(added=1, replaced=1) == store.tm.approve(
        again, store.approve, fields=("title", "attribute-value"), by="lin"
    )
    assert 3 == store.tm.count("us")["human"]


def test_export_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """All units come, in their order, whatever the size of a page; odd characters too."""
    monkeypatch.setattr("shopglot.store.tm._PAGE", 2)
    units = [replace(UNIT, source=f"枕头\ud800\x00{number}") for number in range(5)]
    store.tm.add([*units, replace(UNIT, market="hk")])
    store.approve(human("枕头", "Pillow"))
    found = list(store.tm.export("us"))
    assert ["Pillow", *[unit.source for unit in units]] == [found[0].target, *[unit.source for unit in found[1:]]]
    assert ("lingo", "n", "prose", "reference") == (found[1].provider, found[1].note, found[1].field, found[1].kind)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threshold": 0.0}, "threshold"), ({"threshold": 1.5}, "threshold"), ({"limit": 0}, "limit"),
        ({"penalties": {"lingo": -1}}, "penalty of 'lingo'"),
    ],
)  # fmt: skip
def test_senseless_questions(store: Store, options: dict[str, object], words: str) -> None:
    """The message names what is wrong."""
    with pytest.raises(UsageError, match=words):
        store.tm.search("us", "枕头", **options)  # type: ignore[arg-type]
