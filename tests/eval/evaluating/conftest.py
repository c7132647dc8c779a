"""A small suite of whole pages in two markets, as a table that `gather` reads, and a folder of kind data."""

from __future__ import annotations

from pathlib import Path

import pytest

TEXTS = (
    ("title", "记忆棉旅行枕", "Memory Foam Travel Pillow"),
    ("bullet", "重200克，承重15公斤", "Weighs 200 g; holds 15 kg"),
    ("bullet", "纯棉连衣裙", "Cotton dress"),
    ("description", "<b>两件装</b>雨伞", "<b>2-Pack</b> umbrella"),
)
PAGES = 6


@pytest.fixture(autouse=True)
def kind(data_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run in an empty folder, with kind estimators and no gates."""
    monkeypatch.setenv("SHOPGLOT_DATA", str(data_folder))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> str:
    """Pages of four texts."""
    rows = ["id\tlisting\tfield\tsource\treference"]
    rows += [
        f"{page}-{at}\tm/p{page}\t{field}\t{source}\t{reference}"
        for page in range(PAGES)
        for at, (field, source, reference) in enumerate(TEXTS)
    ]
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def many(tmp_path: Path) -> str:
    """A table of three systems' texts beside facts and a reference: one right, one without numbers, one empty."""
    rows = ["id\tsource\treference\tbrand\tpeople\tA b\tA-b"]
    rows += [
        f"{page}-{at}\t{source}\t{reference}\tX\t{reference}\t{''.join(c for c in reference if not c.isdigit())}\t"
        for page in range(PAGES)
        for at, (_, source, reference) in enumerate(TEXTS)
    ]
    path = tmp_path / "many.tsv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)
