"""The measure of what needs no model: its shares, its siblings and its references."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot.errors import DataError
from shopglot.loading import load_localizer
from shopglot_eval.answering import main, read_pages, sibling_key


def catalog(path: Path, *values: str) -> Path:
    """Write a catalog of pages, each with one attribute value."""
    pages = [{"id": f"p{number}", "fields": {"attributes": {"材质": value}}} for number, value in enumerate(values)]
    path.write_text("".join(json.dumps(page, ensure_ascii=False) + "\n" for page in pages), encoding="utf-8")
    return path


def test_catalog(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each text counts once; siblings are those that are left to the model."""
    path = catalog(tmp_path / "a.jsonl", "棉", "棉", "魔力布96cm", "魔力布80cm", "魔力布70cm")
    assert 0 == main([str(path), "--examples", "5"])
    found = json.loads(capsys.readouterr().out)
    assert ("a.jsonl", 5, 5) == (found["file"], found["listings"], found["texts"])
    assert 0.4 == found["answered"]  # 材质, 棉
    assert {"texts": 4, "answered": 0.25} == found["fields"]["attribute-value"]
    assert 0.4 == found["siblings"]["catalog"]
    # Windows of two pages and of four: the first sibling is with its like in the second window.
    assert 0.4 == found["siblings"]["windows"]
    assert ["attribute-value", "棉", "Cotton", ""] in found["examples"]
    assert found["chrf"] is None


def test_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """References are compared with what was answered, whatever their case."""
    row = {
        "listing": "l", "merchant": "m", "brand": "", "category": "", "path": "/fields/variants/0/options/a",
        "index": 0, "field": "option-value", "source": "黑色/白色", "us": "black/white",
    }  # fmt: skip
    path = tmp_path / "dev.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    assert 0 == main([str(path)])
    found = json.loads(capsys.readouterr().out)
    assert (1, 100.0, 1.0) == (found["references"], found["chrf"], found["answered"])


def test_siblings_are_of_one_kind() -> None:
    """Another unit, another field policy or a single one of a thing makes no sibling."""
    localizer = load_localizer("us", model="fake")

    def key(source: str, field: str = "attribute-value") -> tuple[str, str, str]:
        return sibling_key(localizer.unit(localizer.whole(source, field=field)))

    assert key("魔力布96cm") == key("魔力布80cm")
    assert key("魔力布96cm") != key("魔力布96kg")
    assert key("魔力布96cm") != key("魔力布96cm", "title")
    assert key("魔力布2斤") != key("魔力布1斤")


def test_no_catalog(tmp_path: Path) -> None:
    """A file that is neither says what is wanted."""
    path = tmp_path / "x.jsonl"
    path.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(DataError, match="Give a catalog"):
        list(read_pages(path, load_localizer("us", model="fake")))
