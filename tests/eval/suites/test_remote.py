"""Test sets that others keep, from what lies on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shopglot.errors import DataError, UsageError
from shopglot_eval import suites

PIN = "0" * 40


@pytest.fixture
def testset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """WMT19's folder of sacrebleu, with two lines of our own in place of its own."""
    from sacrebleu.dataset import DATASETS

    dataset: Any = DATASETS["wmt19"]
    folder = tmp_path / "wmt19"
    folder.mkdir()
    lines = {"src": "面膜\n枕头\n", "ref": "A mask.\nA pillow.\n", "docid": "d1\nd2\n", "origlang": "zh\nzh\n"}
    for name in dataset.fieldnames("zh-en"):
        (folder / f"wmt19.zh-en.{name.replace(':', '-')}").write_text(lines.get(name, "x\ny\n"), encoding="utf-8")
    monkeypatch.setattr(dataset, "_outdir", str(folder))
    monkeypatch.setattr(dataset, "_rawdir", str(folder / "raw"))
    return folder


def test_sacrebleu(testset: Path, tmp_path: Path) -> None:
    """A test set by its short name and by a part of a suite: source, references and documents."""
    short = suites.read("sacrebleu:wmt19/zh-en", markets=["us"])
    assert [("1", "面膜", "d1"), ("2", "枕头", "d2")] == [(one.id, one.source, one.listing) for one in short.examples]
    assert [("A mask.",), ("A pillow.",)] == [one.references for one in short.examples]
    (tmp_path / "s.toml").write_text(
        'title = "T"\n[[part]]\nkind = "sacrebleu"\ntestset = "wmt19"\npair = "zh-en"\nmarkets = ["us"]\n'
        'field = "note"\n'
    )
    part = suites.read(tmp_path / "s.toml")
    assert [(one.source, one.references, "note") for one in short.examples] == [
        (one.source, one.references, one.field) for one in part.examples
    ]


def test_sacrebleu_in_part(testset: Path) -> None:
    """Files that do not go together are refused, not read as far as the shortest goes."""
    (testset / "wmt19.zh-en.docid").write_text("d1\n")
    with pytest.raises(DataError, match="2 lines, but 1 beside it"):
        suites.read("sacrebleu:wmt19/zh-en", markets=["us"])


def test_sacrebleu_without_a_network(testset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not on this machine and cannot be loaded is named, with the command that loads it."""
    for path in testset.iterdir():
        path.unlink()

    def fail(*_: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", fail)
    with pytest.raises(DataError, match=r"wmt19/zh-en is not on this machine .*no route.*`sacrebleu -t wmt19 -l zh-en"):
        suites.read("sacrebleu:wmt19/zh-en", markets=["us"])


def test_sacrebleu_knows_no_such_thing() -> None:
    """A test set and a pair that are none tell where to look; a market is needed."""
    with pytest.raises(DataError, match="no test set 'wmt99'"):
        suites.read("sacrebleu:wmt99/zh-en", markets=["us"])
    with pytest.raises(DataError, match=r"no pair 'zh-hk' .* it has .*zh-en"):
        suites.read("sacrebleu:wmt19/zh-hk", markets=["us"])
    with pytest.raises(DataError, match="'markets' must name"):
        suites.read("sacrebleu:wmt19/zh-en")


def test_dataset_of_a_folder(tmp_path: Path) -> None:
    """A local folder beside the suite's file needs no revision; columns and filters are those of tables."""
    folder = tmp_path / "set"
    folder.mkdir()
    rows = [{"zh": "面膜", "en": "mask", "kind": "shop"}, {"zh": "新闻", "en": "news", "kind": "news"}]
    (folder / "test.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "s.toml").write_text(
        'title = "T"\n[[part]]\nkind = "huggingface"\ndataset = "set"\nsplit = "test"\nmarkets = ["us"]\n'
        'columns = { source = "zh", references = ["en"] }\nwhere = { kind = ["shop"] }\n'
    )
    suite = suites.read(tmp_path / "s.toml")
    assert [("1", "面膜", ("mask",))] == [(one.id, one.source, one.references) for one in suite.examples]


def test_dataset_of_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision must be that of a commit, reaches the loader, and a failure there is told."""
    with pytest.raises(DataError, match="'revision' must be the 40 digits of a commit, not 'main'"):
        suites.read("hf://nobody/none?split=test&revision=main", markets=["us"])
    with pytest.raises(UsageError, match="unknown key 'branch'"):
        suites.read("hf://nobody/none?branch=main", markets=["us"])
    asked: dict[str, Any] = {}

    def load(path: str, **options: Any) -> list[dict[str, str]]:
        asked.update(options, dataset=path)
        if options["split"] == "gone":
            raise ConnectionError("no network")
        return [{"source": "面膜", "reference": "mask"}]

    monkeypatch.setattr("datasets.load_dataset", load)
    suite = suites.read(f"hf://nobody/none?split=dev&revision={PIN}&config=c", markets=["us"])
    assert ("mask",) == suite.examples[0].references
    assert ("nobody/none", "c", "dev", PIN) == tuple(asked[key] for key in ("dataset", "name", "split", "revision"))
    with pytest.raises(DataError, match=r"'gone' cannot be loaded \(ConnectionError: no network\)"):
        suites.read(f"hf://nobody/none?split=gone&revision={PIN}", markets=["us"])
