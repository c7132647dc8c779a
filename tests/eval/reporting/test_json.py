"""The report as JSON: its shape is the schema's, the same document gives the same text, and it can be read again."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from shopglot.errors import DataError
from shopglot_eval.records import Figure, Measured, Place
from shopglot_eval.reporting import document as blocks
from shopglot_eval.reporting.document import Cell, Document, Section, Table
from shopglot_eval.reporting.json import as_json, read_json, schema

KINDS: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
    "null": type(None),
}  # fmt: skip
KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
    "items", "prefixItems", "minItems", "maxItems", "minLength", "minimum", "enum", "const", "anyOf",
}  # fmt: skip


def is_a(value: Any, kind: str) -> bool:
    """Return whether a value is of a type of JSON Schema."""
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def faults(value: Any, own: Mapping[str, Any], at: str = "$") -> list[str]:
    """Return where a value departs from a schema: of JSON Schema, what ours uses, and nothing else."""
    assert set(own) <= KNOWN, set(own) - KNOWN
    own = schema()["$defs"][own["$ref"].rpartition("/")[2]] if "$ref" in own else own
    if "anyOf" in own:
        return [] if any(not faults(value, one, at) for one in own["anyOf"]) else [f"{at}: none of these"]
    if ("const" in own and value != own["const"]) or ("enum" in own and value not in own["enum"]):
        return [f"{at}: {value!r}"]
    kinds = [own["type"]] if isinstance(own.get("type"), str) else own.get("type", [])
    if kinds and not any(is_a(value, kind) for kind in kinds):
        return [f"{at}: {value!r} is not {kinds}"]
    if isinstance(value, dict):
        return _object_faults(value, own, at)
    if isinstance(value, list):
        return _array_faults(value, own, at)
    low = isinstance(value, (int, float)) and value < own.get("minimum", -math.inf)
    short = isinstance(value, str) and len(value) < own.get("minLength", 0)
    return [f"{at}: {value!r} is too little"] if low or short else []


def _object_faults(value: dict[str, Any], own: Mapping[str, Any], at: str) -> list[str]:
    found = [f"{at}.{name} is missing" for name in own.get("required", []) if name not in value]
    rest = own.get("additionalProperties", True)
    for name, inner in value.items():
        if name in own.get("properties", {}):
            found += faults(inner, own["properties"][name], f"{at}.{name}")
        elif rest is False:
            found.append(f"{at}.{name} is unknown")
        elif isinstance(rest, dict):
            found += faults(inner, rest, f"{at}.{name}")
    return found


def _array_faults(value: list[Any], own: Mapping[str, Any], at: str) -> list[str]:
    found = (
        [] if own.get("minItems", 0) <= len(value) <= own.get("maxItems", math.inf) else [f"{at}: {len(value)} items"]
    )
    for number, inner in enumerate(value):
        first = own.get("prefixItems", [])
        item = first[number] if number < len(first) else own.get("items", {})
        found += faults(inner, item, f"{at}[{number}]")
    return found


def test_the_shape_is_the_schema_s(document: Document) -> None:
    """A report with something of everything, and one without anything, are as the schema says."""
    assert faults(json.loads(as_json(document)), schema()) == []
    assert faults(json.loads(as_json(Document(kind="nightly", title="", summary=(), sections=()))), schema()) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda whole: whole["figures"][0].pop("measure"), "$.figures[0].measure is missing"),
        (lambda whole: whole["figures"][0].update(value="0.5"), "$.figures[0].value: '0.5' is not ['number', 'null']"),
        (lambda whole: whole["figures"][0].update(count=-1), "$.figures[0].count: -1 is too little"),
        (lambda whole: whole["figures"][0].update(form="money"), "$.figures[0].form: 'money'"),
        (lambda whole: whole.update(more=1), "$.more is unknown"),
        (
            lambda whole: whole["sections"][0]["blocks"][0].update(type="picture"),
            "$.sections[0].blocks[0]: none of these",
        ),
    ],
)
def test_the_schema_refuses(document: Document, change: Any, fault: str) -> None:
    """The schema says something: what is not of its shape is refused."""
    whole = json.loads(as_json(document))
    change(whole)
    assert faults(whole, schema()) == [fault]


def test_the_schema_has_every_field() -> None:
    """A field that a record gets is one that the schema has to learn of."""
    own = schema()["$defs"]
    for name, record in [
        ("cell", blocks.Cell), ("table", blocks.Table), ("plot", blocks.Plot), ("shown", blocks.Shown),
        ("text", blocks.Text), ("section", blocks.Section), ("passage", blocks.Passage),
    ]:  # fmt: skip
        named = {field.name for field in fields(record)} - {"volatile"}  # that says where a section stands
        assert named == set(own[name]["properties"]) - {"type"}, name
    assert {field.name for kind in (Place, Figure) for field in fields(kind)} == set(own["figure"]["properties"])


def test_what_is_written_is_read(document: Document) -> None:
    """Figures and what they were made from come back as they were."""
    read = read_json(as_json(document))
    assert read.figures == document.figures
    assert (read.kind, read.title.encode("utf-8", "replace")) == (
        "evaluation",
        document.title.encode("utf-8", "replace"),
    )
    assert read.provenance["suites"] == {"suite": {"digest": "ab" * 32}}
    assert read.volatile == {"seconds": 12.5}


def test_the_same_document_gives_the_same_json(document: Document) -> None:
    """The order in which facts were gathered makes no difference; what is volatile stands apart and last."""
    made = as_json(document)
    turned = replace(document, provenance=dict(reversed(list(document.provenance.items()))))
    assert as_json(turned) == made
    later = as_json(replace(document, volatile={"seconds": 99.0}))
    assert later != made
    assert later.split('"volatile"')[0] == made.split('"volatile"')[0]
    assert list(json.loads(made))[-1] == "volatile"


def test_no_number_is_null(document: Document) -> None:
    """NaN and the infinities are null, wherever they stand; half a pair of surrogates is an escape."""
    measured = Measured(
        place=Place(suite="s", market="us", system="\ud83d"), figure=Figure(measure="m", value=math.nan, low=-math.inf)
    )
    table = Table(id="t", title="t", columns=(), rows=((Cell(text="x", value=math.inf),),))
    odd = replace(
        document, figures=(measured,), sections=(Section(id="s", title="s", blocks=(table,)),),
        provenance={"loss": math.nan, "deep": [{"x": math.inf}]},
    )  # fmt: skip
    made = as_json(odd)
    made.encode("utf-8")
    assert not re.search(r"NaN|Infinity", made)
    whole = json.loads(made)
    assert faults(whole, schema()) == []
    assert (whole["figures"][0]["value"], whole["figures"][0]["low"], whole["figures"][0]["system"]) == (
        None,
        None,
        "\ud83d",
    )
    assert whole["provenance"] == {"loss": None, "deep": [{"x": None}]}


def test_only_open_passages(document: Document) -> None:
    """The passages that stand open in a section are there, each once; the others are named by their ids."""
    whole = json.loads(as_json(document))
    assert list(whole["passages"]) == list(document.passages)[:9]
    assert whole["sections"][0]["blocks"][0]["rows"][3][2]["texts"] == list(document.passages)[:9]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON"), ("{", "no JSON"), ("[]", "no report"), ('{"a": NaN}', "NaN is no number"),
        ('{"format": "shopglot-report/9"}', "'shopglot-report/9'"), ('{"format": "shopglot-report/1"}', "`kind`"),
        ("[" * 200_000, "no JSON"),
    ],
)  # fmt: skip
def test_what_is_no_report(text: str, message: str) -> None:
    """What is no report, or one of another version, is refused with the reason."""
    with pytest.raises(DataError, match=re.escape(message)):
        read_json(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one.pop("unit"), "`figures[1]` lacks `unit`"),
        (lambda one: one.update(value="x"), "`figures[1].value`"),
        (lambda one: one.update(low=True), "`figures[1].low`"),
        (lambda one: one.update(against="p1"), "`figures[1].against`"),
    ],
)  # fmt: skip
def test_broken_figures(document: Document, change: Any, message: str) -> None:
    """A figure that is not whole is named by its place."""
    whole = json.loads(as_json(document))
    change(whole["figures"][1])
    with pytest.raises(DataError, match=re.escape(message)):
        read_json(json.dumps(whole))
    with pytest.raises(DataError, match=re.escape("`figures[0]` is no object")):
        read_json(json.dumps(whole | {"figures": [1]}))
    with pytest.raises(DataError, match="`provenance`"):
        read_json(json.dumps(whole | {"figures": [], "provenance": None}))
