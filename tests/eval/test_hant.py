"""The measurement of the conversion: how it counts, what it says of bad input, and one small run of all of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopglot.errors import UsageError
from shopglot_eval.hant import lines, senses, wording
from shopglot_eval.hant.__main__ import DATA, main
from shopglot_eval.hant.report import missed_bars

WORDING = "shop-a\tShirt\t衬衫\t襯衫\t恤衫\nshop-b\tI eat\t我在吃\t我在吃\t我喺度食\n"
SENSES = "characters\tsentence\texpected\tnote\n干发\t干发帽\t乾髮帽\t\n面\t面条面膜\t麵條面膜\t\n"


def put(path: Path, content: str) -> Path:
    """Write a file."""
    path.write_text(content, encoding="utf-8")
    return path


def test_wording(tmp_path: Path) -> None:
    """A system that writes what the people wrote is exact; Cantonese sources are told by their characters."""
    table = wording.read_lines(put(tmp_path / "dev.tsv", WORDING))
    assert {"shop-b"} == wording.find_cantonese(table)
    right = {line.mainland: line.hong_kong for line in table}
    found = wording.measure(table, {"ours": right.__getitem__, "s2hk": lambda text: text}, seed=1, number=5)
    assert ["shop-b"] == found["cantonese"]
    part = found["parts"]["no Cantonese"]
    assert (1, 1.0, 100.0) == (part["lines"], part["systems"]["ours"]["exact"], part["systems"]["ours"]["chrf"])
    assert part["gain"] == 100.0 - part["systems"]["s2hk"]["chrf"]
    assert part["interval"][0] <= part["gain"] <= part["interval"][1]
    assert "nc:6" in found["signature"]
    assert [] == found["differences"]


def test_differences() -> None:
    """The commonest difference comes first, with its shortest examples; spaces and Latin text are none."""
    ours = ["保存文件", "已保存", "A 公司", "保存"]
    theirs = ["儲存文件", "已儲存", "A公司", "儲存"]
    first, *rest = wording.find_differences(ours, theirs, number=5)
    assert ("保存", "儲存", 3) == (first["ours"], first["reference"], first["count"])
    assert ["保存", "儲存"] == first["examples"][0]
    assert [] == rest


@pytest.mark.parametrize(
    ("right", "announced", "share"),
    [(("乾髮帽", "麵條面膜"), 0, 1.0), (("幹髮帽", "麵條面膜"), 1, 0.75), (("乾髮帽", "麵膜"), 0, 0.5)],
)
def test_senses(tmp_path: Path, right: tuple[str, str], announced: int, share: float) -> None:
    """Characters are compared place by place; where the lengths differ only the whole counts."""
    table = senses.read_sentences(put(tmp_path / "senses.tsv", SENSES))
    answers = dict(zip((one.text for one in table), right, strict=True))
    found = senses.measure(table, answers.__getitem__, lambda text: [(0, "幹乾")] if text == "干发帽" else [])
    assert (4, share, announced) == (found["characters"], found["share"], found["announced"])
    assert [2, 2] == found["by_character"]["面"] or share == 0.5


def test_lines() -> None:
    """Simplified-only characters, words of the neighbour's and lines that waver are counted, with examples."""
    table = {"网路好": "網路好", "連網路": "連網路", "衣服x": "衣服", "衣服": "衣", "马": "马"}
    found = lines.look_at_outputs(list(table), lambda text: table.get(text, text), ["網路"])
    assert ({"马": 1}, {"網路": 2}, {"網路": 2}, 1) == (
        found["simplified"], found["foreign"], found["carried"], found["unstable"]
    )  # fmt: skip
    assert [["衣服x", "衣"]] == found["examples"]["unstable"]
    assert {} == lines.look_at_outputs(["网路"], lambda text: text, [])["foreign"]


def test_speed() -> None:
    """The ratio is that of the speeds."""
    found = lines.time_converters(["衣服"] * 300, lambda text: text, lambda text: "".join(sorted(text * 200)), rounds=3)
    assert (3, True) == (found["rounds"], found["ratio"] > 1)


def test_word_lists() -> None:
    """Each word of the lists stands there once, and no list has a word of the other."""
    taiwan, hong_kong = (lines.read_words(DATA / name) for name in ("taiwan.txt", "hongkong.txt"))
    assert (len(taiwan), len(hong_kong)) == (len(set(taiwan)), len(set(hong_kong)))
    assert set() == set(taiwan) & set(hong_kong)
    assert min(len(taiwan), len(hong_kong)) > 50


def test_bars() -> None:
    """Each bar is missed by itself; a mainland word that Taiwan's table leaves as it is, is not the neighbour's."""
    good = {"simplified": {}, "foreign": {"速遞": 1}, "carried": {"速遞": 1}, "unstable": 0}
    assert [] == missed_bars({"wording": {"skipped": "x"}, "lines": {"tw": good}, "senses": {"share": 1.0}})
    bad = {
        "wording": {"parts": {"no Cantonese": {"gain": 3.9}}}, "senses": {"share": 0.99}, "speed": {"ratio": 0.3},
        "lines": {"hk": {**good, "simplified": {"马": 2}, "unstable": 1}},
    }  # fmt: skip
    assert 6 == len(missed_bars(bad))


@pytest.mark.parametrize("content", ["", "a\tb\n", SENSES + "x\n"])
def test_bad_sentences(tmp_path: Path, content: str) -> None:
    """Another header and a line with other columns are told with file and line."""
    with pytest.raises(UsageError, match=r"senses\.tsv:\d"):
        senses.read_sentences(put(tmp_path / "senses.tsv", content))


def test_bad_files(tmp_path: Path) -> None:
    """What cannot be read is told with its name."""
    with pytest.raises(UsageError, match=r"dev\.tsv:1: 2 columns"):
        wording.read_lines(put(tmp_path / "dev.tsv", "a\tb\n"))
    for read in (wording.read_lines, senses.read_sentences, lines.read_words, lines.read_shop_lines):
        with pytest.raises(UsageError, match="cannot be read"):
            read(tmp_path / "none")


def test_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it runs on small files; what is not there is skipped with a word, and a missed bar ends with 1."""
    folder = tmp_path / "lines"
    folder.mkdir()
    for name in lines.FILES:
        put(folder / name, "衬衫\n干发帽\n")
    arguments = [
        "--wording", str(put(tmp_path / "dev.tsv", WORDING)), "--lines", str(folder), "--rounds", "1",
        "--senses", str(tmp_path / "none"),
    ]  # fmt: skip
    status = main([*arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert status == int(bool(found["missed"]))
    assert "is not there" in found["senses"]["skipped"]
    assert 8 == found["lines"]["mo"]["lines"]
    main([*arguments, "--only", "wording", "--only", "lines"])
    assert "ours - s2hk" in capsys.readouterr().out
    assert 1 == main(["--only", "senses", "--senses", str(put(tmp_path / "s.tsv", SENSES.replace("乾髮", "幹髮")))])
    assert 2 == main(["--only", "senses", "--senses", str(put(tmp_path / "t.tsv", ""))])
