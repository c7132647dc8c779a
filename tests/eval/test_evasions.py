"""The evasion suite: how it reads, counts and reports, and that its own bar is reached."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from shopglot.errors import UsageError
from shopglot_eval.evasions import Evasion, Rules, Suite, Words, describe, main, measure, read_suite, read_texts

FOLDER = Path(__file__).parents[2] / "eval" / "data" / "sensitivity"
FILES = {
    "evasion_words.tsv": "phrase\twords\n能治疗失眠\t治疗 失眠\n",
    "evasions.tsv": "kind\tphrase\tdisguised\nsplit\t能治疗失眠\t能氵台疗好睡\nother\t能治疗失眠\t能安睡\n",
    "evasion_negatives.tsv": "text\n资料夹\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small suite."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


class Loud:
    """Finds everything everywhere."""

    def catches(self, evasion: Evasion) -> bool:
        """Find it."""
        return True

    def alarms(self, text: str) -> Sequence[str]:
        """Find something."""
        return ["x"]


def test_bar_is_reached(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At least 95% of 12 kinds of disguise over 50 phrases are caught, and no look-alike raises an alarm."""
    empty = tmp_path / "none.txt"
    empty.write_text("", encoding="utf-8")
    assert 0 == main([str(FOLDER), "--texts", str(empty), "--json"])
    figures = json.loads(capsys.readouterr().out)
    assert (12, True, []) == (len(figures["kinds"]), figures["reached"], figures["negative_alarms"])
    assert figures["share"] >= 0.95
    assert 50 == len(read_suite(FOLDER).words)


def test_figures(folder: Path) -> None:
    """Lines are counted by kind, misses and alarms are named."""
    suite = read_suite(folder)
    figures = measure(suite, Words(suite.words), ["治liao好睡", "普通"])
    assert ({"split": [1, 1], "other": [0, 1]}, 0.5) == (figures["kinds"], figures["share"])
    assert [["other", "能治疗失眠", "能安睡"]] == figures["missed"]
    assert ([], [["治liao好睡", ["治疗: 治liao"]]]) == (figures["negative_alarms"], figures["text_alarms"])
    assert "other\t能治疗失眠\t能安睡" in list(describe(figures, listed="missed"))
    assert "治疗: 治liao\t治liao好睡" in list(describe(figures, listed="alarms"))


def test_loud() -> None:
    """What always cries catches all and raises an alarm on every text; nothing to catch is nothing missed."""
    figures = measure(Suite(evasions=[], words={}, negatives=["a", "b"]), Loud(), ["c"])
    assert (1.0, 2, 1) == (figures["share"], len(figures["negative_alarms"]), len(figures["text_alarms"]))


def test_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 below the bar, 0 at it."""
    texts = ["--texts", str(folder / "evasion_negatives.tsv")]
    assert 1 == main([str(folder), *texts])
    assert 0 == main([str(folder), *texts, "--bar", "0.5"])
    assert "50.0%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "evasions.tsv",
            "kind\tphrase\n",
            "evasions.tsv:1: the first line must name the columns kind, phrase, disguised",
        ),
        ("evasions.tsv", "", "evasions.tsv:1: the first line"),
        ("evasions.tsv", "kind\tphrase\tdisguised\na\tb\n", "evasions.tsv:2: 3 fields are expected"),
        ("evasions.tsv", "kind\tphrase\tdisguised\na\tb\tc\n", "evasions.tsv:2: the phrase 'b' has no words"),
        ("evasion_words.tsv", "phrase\twords\na\t\n", "evasion_words.tsv:2: 2 fields are expected"),
    ],
)
def test_refused(folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str) -> None:
    """What is wrong in a file is exit status 2, and an error with file and line."""
    (folder / name).write_text(text, encoding="utf-8")
    assert 2 == main([str(folder)])
    assert said in capsys.readouterr().err


def test_missing(folder: Path) -> None:
    """Files that are missing or not UTF-8 are named."""
    with pytest.raises(UsageError, match=r"nowhere\.txt: cannot be read"):
        read_texts([folder / "nowhere.txt"])
    (folder / "evasions.tsv").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"evasions\.tsv: cannot be read"):
        read_suite(folder)


def test_no_shared_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without shared data there are no texts of shops."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    assert [] == read_texts([])


def test_rules() -> None:
    """With a market its rules are asked; what they find without looking for disguises is no alarm."""
    rules = Rules("us")
    assert rules.catches(Evasion("plain", "高仿包包", "高仿包包"))
    assert not rules.catches(Evasion("plain", "连衣裙", "连衣裙"))
    assert [] == rules.alarms("高仿包包")
