"""What the page's script reads."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest

from shopglot_eval.reporting import payload
from shopglot_eval.reporting.document import Cell, Column, Document, Passage, Table, Version
from shopglot_eval.reporting.payload import Payload


def unpacked(made: Payload) -> Any:
    """Return the data as the script has them."""
    text, packed = made.text()
    return json.loads(zlib.decompress(base64.b64decode(text)) if packed else text)


def of_passages(document: Document, *passages: Passage) -> Payload:
    """Return the payload of a document with these passages."""
    return Payload(replace(document, passages={one.id: one for one in passages}, figures=()))


def test_nothing_ends_the_script(document: Document) -> None:
    """Neither the end of a script, nor a comment, nor what ends a line of JavaScript is in the data."""
    text, packed = Payload(document).text()
    assert not packed
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(text)
    text.encode("utf-8")
    assert "</script>" in unpacked(Payload(document))["passages"][0][1]


def test_much_is_packed(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed or not, the data are the same."""
    plain = unpacked(Payload(document))
    monkeypatch.setattr(payload, "PLAIN", 100)
    assert Payload(document).text()[1]
    assert unpacked(Payload(document)) == plain


def test_the_same_text_stands_once(document: Document) -> None:
    """A version that says the same as an earlier one names it; an empty one is empty."""
    versions = tuple(Version(name=name, text=text) for name, text in [("a", "x"), ("b", ""), ("c", "x"), ("d", "")])
    data = unpacked(of_passages(document, Passage(id="p", source="s", versions=versions)))
    assert data["passages"][0][3] == [[0, "x"], [1, ""], [2, 0], [3, 1]]


def test_marks_are_in_the_units_of_the_script(document: Document) -> None:
    """Offsets behind signs beyond the BMP are those of UTF-16."""
    version = Version(name="a", text="𠮷𠮷xy𠮷", marks=((2, 3, "bad"), (4, 5, "")), remarks=("r",))
    data = unpacked(of_passages(document, Passage(id="p", source="s", versions=(version,), market="hk")))
    about, source, language, versions, id_ = data["passages"][0]
    assert (data["names"][about], source, language, id_) == ("", "s", "zh-Hant-HK", "p")
    assert versions == [[0, "𠮷𠮷xy𠮷", [4, 5, "bad", 6, 8, ""], [0]]]
    text = versions[0][1].encode("utf-16-le")
    assert text[2 * 4 : 2 * 5].decode("utf-16-le") == "x"
    assert text[2 * 6 : 2 * 8].decode("utf-16-le") == "𠮷"


def test_links(document: Document) -> None:
    """A cell leads to those of its texts that are there, in their order; the same list has one number."""
    made = Payload(document)
    table = Table(id="t", title="Table", columns=(Column(title="a"), Column(title="chrF")), rows=())
    ids = list(document.passages)
    own = Cell(text="1", texts=(ids[3], "gone", ids[1], ids[3]))
    row = (Cell(text="slice"), own)
    assert made.cell(table, table.columns[1], row, own) == made.cell(table, table.columns[1], row, own)
    assert made.cell(table, table.columns[1], row, Cell(text="1", texts=("gone",))) is None
    assert made.cell(table, table.columns[1], row, Cell(text="1")) is None
    titled = made.cell(table, table.columns[1], row, replace(own, texts_title="Their title"))
    links = unpacked(made)["links"]
    assert links[0] == ["Table · slice · chrF", [3, 1]]
    assert links[titled or 0] == ["Their title", [3, 1]]


def test_figures(document: Document) -> None:
    """Figures are there with their words, and lead to what speaks against them where the passages are there."""
    data = unpacked(Payload(document))
    names = data["names"]
    first, second, third = data["figures"][:3]
    assert [names[first[column]] for column in range(6)] == ["suite", "us", "base", "", "", "chrf"]
    assert first[6:10] == [0.5, "50.0%", "40.0% to 95.0%", 45]
    assert first[12] is None
    assert second[12] is None
    assert (third[6], third[7], names[third[11]]) == (None, "–", "Its weights are not there.")
    assert data["links"][data["figures"][4][12]] == ["numbers · plain · suite · us", [0, 1, 2, 3, 4]]


def test_a_report_of_12000_outputs_is_small(document: Document) -> None:
    """4,000 texts of 120 characters by three systems that differ here and there take far less than 5 MB."""
    signs = [chr(0x4E00 + number * 7919 % 20_000) for number in range(4_100)]
    passages = {}
    for number in range(4_000):
        text = "".join(signs[number * 31 % 3_900 :][:120])
        versions = tuple(Version(name=name, text=text[:cut] + name + text[cut:]) for cut, name in enumerate("abc"))
        passages[str(number)] = Passage(id=str(number), source=text, versions=versions)
    text, packed = Payload(replace(document, passages=passages, figures=())).text()
    assert packed
    assert len(text) < 3_000_000
