"""The texts of the fit: small files, read whole or refused with their name and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopglot.errors import DataError, UsageError
from shopglot_eval.estimation.texts import (
    Pair,
    Rated,
    read_everyday,
    read_mqm,
    read_shop_references,
    read_verdicts,
)

VERDICT: dict[str, Any] = {
    "market": "hk", "merchant": "店", "listing": "L1", "path": "/fields/title", "field": "title", "category": "家居",
    "source": "软件\U00020000", "target": "軟件\U00020000", "origin": "machine", "published": True, "reviewer": "mei",
}  # fmt: skip


def write(path: Path, *rows: dict[str, Any]) -> Path:
    """Write verdicts, each with its changes to the usual one."""
    path.write_text("".join(json.dumps({**VERDICT, **row}, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def mqm(tmp_path: Path) -> Path:
    """Expert scores of twelve segments by two systems, and of one by a single system."""
    lines = ["doc\tseg_id\tsystem\tsrc_zh\tmt_en\tmqm_penalty_mean"]
    lines += [f'd\t{n}\t{system}\t源{n}\t"{system} {n}\t{n}.5' for n in range(12) for system in ("A", "B")]
    lines += ["d\t99\tA\t独\talone\t0", "d\t3\tC\t源3\tunrated\t"]
    (tmp_path / "mqm-zh-en").mkdir()
    (tmp_path / "mqm-zh-en" / "some.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_mqm_has_whole_segments(mqm: Path) -> None:
    """Only segments that every system translated are drawn, quotes are text, and what has no penalty is left out."""
    found = read_mqm(mqm, "some.tsv", segments=100)
    assert 24 == len(found)
    assert {f"d#{number}" for number in range(12)} == {one.segment for one in found}
    pair = Pair(source="源3", target='"A 3')
    assert Rated(pair=pair, segment="d#3", system="A", penalty=3.5) in found


def test_mqm_sample_hangs_on_the_seed(mqm: Path) -> None:
    """The same seed draws the same segments, another one others, and a larger sample contains the smaller."""
    found = read_mqm(mqm, "some.tsv", segments=4)
    assert found == read_mqm(mqm, "some.tsv", segments=4)
    assert found != read_mqm(mqm, "some.tsv", segments=4, seed=8)
    assert found == read_mqm(mqm, "some.tsv", segments=6)[: len(found)]


def test_shop_references(tmp_path: Path) -> None:
    """Only lines of the shop are taken, with the first reference."""
    (tmp_path / "wmt22-zh-en").mkdir()
    text = "domain\tsrc_zh\trefA_en\trefB_en\necommerce\t裙\tskirt\tdress\nnews\t报\tpaper\tpress\n"
    (tmp_path / "wmt22-zh-en" / "dev.segments.tsv").write_text(text, encoding="utf-8")
    assert [Pair(source="裙", target="skirt")] == read_shop_references(tmp_path)


def test_everyday_sentences(tmp_path: Path) -> None:
    """Short sentences of the one collection are drawn by seed, others are left."""
    (tmp_path / "parallel").mkdir()
    rows = [f"tatoeba\t{n}\t我今天买了第{n}件衣服\tI bought {n}" for n in range(20)]
    rows += ["tatoeba\t20\t短\tshort", f"tatoeba\t21\t{'长' * 41}\tlong", "other\t22\t我今天买了一件衣服。\tother"]
    (tmp_path / "parallel" / "zh-CN-en.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = read_everyday(tmp_path, count=99)
    assert {f"I bought {number}" for number in range(20)} == {pair.target for pair in found}
    assert found[:5] == read_everyday(tmp_path, count=5)


@pytest.mark.parametrize(
    "reader",
    [
        lambda folder: read_mqm(folder, "no.tsv", segments=1),
        read_shop_references,
        lambda folder: read_everyday(folder, count=1),
    ],
)
def test_shared_files_that_are_not_there(tmp_path: Path, reader: Callable[[Path], object]) -> None:
    """A missing file is named, with the setting that says where it should be."""
    with pytest.raises(UsageError, match=r"\.tsv: No such file.*SHOPGLOT_SHARED"):
        reader(tmp_path)


def test_verdicts(tmp_path: Path) -> None:
    """A verdict's text, place, category and origin are kept; those of other markets are left out."""
    path = write(tmp_path / "v.jsonl", {}, {"market": "us", "listing": "L2"}, {"path": "/brand", "published": False})
    first, second = read_verdicts(path, "hk")
    assert Pair(source="软件\U00020000", target="軟件\U00020000", field="title", category="家居") == first.pair
    assert ("店/L1", "machine", True) == (first.listing, first.origin, first.good)
    assert not second.good


@pytest.mark.parametrize("votes", [(True, False), (False, True), (False, False)])
def test_one_no_makes_it_bad(tmp_path: Path, votes: tuple[bool, bool]) -> None:
    """Of two reviewers one who would not publish it decides, in either order."""
    path = write(tmp_path / "v.jsonl", *({"published": vote, "reviewer": str(n)} for n, vote in enumerate(votes)))
    assert [False] == [one.good for one in read_verdicts(path, "hk")]


def test_two_who_agree(tmp_path: Path) -> None:
    """Two reviewers who would both publish it make one good text."""
    path = write(tmp_path / "v.jsonl", {}, {"reviewer": "other"})
    assert [True] == [one.good for one in read_verdicts(path, "hk")]


@pytest.mark.parametrize(
    "change", [{"index": 1}, {"path": "/x"}, {"listing": "L2"}, {"merchant": "别"}, {"target": "x"}]
)
def test_other_places_are_other_texts(tmp_path: Path, change: dict[str, Any]) -> None:
    """What stands elsewhere, or was translated otherwise, has a verdict of its own."""
    path = write(tmp_path / "v.jsonl", {}, {**change, "published": False})
    assert [True, False] == [one.good for one in read_verdicts(path, "hk")]


def test_memory_is_the_machine(tmp_path: Path) -> None:
    """What came from the memory was written by a machine, and is learned from like the rest."""
    path = write(tmp_path / "v.jsonl", {"origin": "memory"}, {"origin": "certain", "path": "/b"})
    assert ["machine", "certain"] == [one.origin for one in read_verdicts(path, "hk")]


def test_line_separators_inside_texts(tmp_path: Path) -> None:
    """A separator of lines or paragraphs inside a text ends no line of the file, and half a character is a text."""
    path = write(tmp_path / "v.jsonl", {"source": "一\u2028二\u0085三"}, {"path": "/b"})
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**VERDICT, "listing": "\ud800"}) + "\n")
    assert ["一\u2028二\u0085三", VERDICT["source"], VERDICT["source"]] == [
        one.pair.source for one in read_verdicts(path, "hk")
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"", b"[]", b"3", b'"x"', b"null", b"\x00", b"[" * 99999,
        *(json.dumps({k: v for k, v in VERDICT.items() if k != key}).encode() for key in ("source", "market")),
        *(json.dumps({**VERDICT, "published": value}).encode() for value in ("false", 0, None)),
        json.dumps({**VERDICT, "index": "one"}).encode(),
    ],
)  # fmt: skip
def test_lines_that_are_no_verdict(tmp_path: Path, line: bytes) -> None:
    """A line that is no verdict is refused with file and line; a verdict is never guessed."""
    path = write(tmp_path / "v.jsonl", {})
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(DataError, match=r"v\.jsonl:2: (no |a JSON object)"):
        read_verdicts(path, "hk")


def test_verdicts_that_are_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8, or not there, is named."""
    (tmp_path / "v.jsonl").write_bytes("软".encode("gbk"))
    with pytest.raises(DataError, match=r"v\.jsonl:1: not UTF-8"):
        read_verdicts(tmp_path / "v.jsonl", "hk")
    with pytest.raises(DataError, match=r"none\.jsonl: No such file"):
        read_verdicts(tmp_path / "none.jsonl", "hk")
