"""Lessons: what the pipeline would send, and what it would have to get back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines.cards import Prompt
from shopglot.errors import DataError
from shopglot.loading import load_localizer
from shopglot.texts import Text
from shopglot_eval.lessons.general import draw_general
from shopglot_eval.lessons.rendering import Lesson, make_lesson
from shopglot_eval.lessons.writing import write_lessons
from shopglot_eval.training.examples import read_lessons
from shopglot_eval.training.recipe import Recipe, read_recipe

ROOT = Path(__file__).parents[3]
COMMERCE = ROOT / "eval" / "data" / "commerce"
PROMPT = Prompt(system="Translate.", user="{text}", hint="", demand="")


def made(source: str, target: str, market: str = "us", field: str = "description", **options: Any) -> Lesson | str:
    """Return the lesson of a pair."""
    localizer = load_localizer(market, model="fake" if market == "us" else None)
    return make_lesson(Text(source=source, field=field), target, localizer, PROMPT, **options)


def test_terms_are_written_into_the_source() -> None:
    """A term that the answer has stands in the source in place of the Chinese; one that it has not stays Chinese."""
    source, target = "这款面膜很好用，早晚都能敷", "This face mask works well, morning and night"
    lesson = made(source, target, used={"面膜"})
    assert isinstance(lesson, Lesson)
    assert "这款 face mask 很好用，早晚都能敷" == lesson.user
    assert (target, 1) == (lesson.answer, lesson.shown)
    plain: list[dict[str, Any]] = [{"used": set()}, {"used": {"面膜"}, "bare": True}]
    for options in plain:
        lesson = made(source, target, **options)
        assert isinstance(lesson, Lesson)
        assert (source, 0) == (lesson.user, lesson.shown)


def test_what_nobody_has_said_is_looked_for() -> None:
    """Without a word on the terms the answer itself tells which of them it has."""
    shown = made("这款面膜很好用，早晚都能敷", "This Face Mask works well", used=None)
    hidden = made("这款面膜很好用，早晚都能敷", "This mask works well", used=None)
    assert isinstance(shown, Lesson)
    assert isinstance(hidden, Lesson)
    assert ("face mask" in shown.user, "face mask" in hidden.user) == (True, False)
    assert (1, 1) == (shown.shown, hidden.kept)


def test_masks_are_tokens_on_both_sides() -> None:
    """What is opaque stands as a token in turn and answer; what stands at the edge is in neither."""
    lesson = made("@小雨 洗的时候<i>翻面</i>，别暴晒", "@小雨 Wash it <i>inside out</i>, out of the sun")
    assert isinstance(lesson, Lesson)
    assert "洗的时候ZQ1翻面ZQ2，别暴晒" == lesson.user
    assert "Wash it ZQ1inside outZQ2, out of the sun" == lesson.answer


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("洗的时候<i>翻面</i>，别暴晒", "Wash it inside out", "mask"),
        ("@小雨 洗的时候，别暴晒", "Wash it out of the sun", "mask"),
        ("洗的时候<i>翻面</i>，别暴晒", "Wash it <i>inside</i> <i>out</i>", "mask"),
        ("头一句。第二句话呢。", "One. Two.", "cut"),
        ("面膜", "Face mask", "certain"),
        ("很好用，早晚都能敷", " ", "blank"),
    ],
)
def test_what_is_no_lesson(source: str, target: str, reason: str) -> None:
    """An answer that lost or doubled a mask, a text that is cut, one that no engine is asked about, nothing at all."""
    assert reason == made(source, target)


def test_hong_kong(tmp_path: Path) -> None:
    """Chinese to Chinese: the market's own terms stand in the source."""
    lesson = made("收起来能塞进斜挎包", "收起後可放進斜揹袋", market="hk")
    assert isinstance(lesson, Lesson)
    assert "斜揹袋" in lesson.user
    assert "收起后" not in lesson.answer


def test_lone_surrogates_and_long_texts() -> None:
    """A text that no tokenizer takes is written as one that it does."""
    lesson = made("好用的\ud800东西" + "啊" * 60, "A good \ud800 thing")
    assert isinstance(lesson, Lesson)
    (lesson.user + lesson.answer).encode("utf-8")


@pytest.fixture
def small(tmp_path: Path) -> tuple[Recipe, dict[str, Path]]:
    """A recipe with a share of general texts, a corpus of a few lines, and shared data made up here."""
    text = (ROOT / "models" / "house" / "recipe.toml").read_text(encoding="utf-8")
    origins = text[text.index("origins =") : text.index("\n", text.index("origins ="))]
    (tmp_path / "recipe.toml").write_text(text.replace(origins, 'origins = ["a", "b"]'), encoding="utf-8")
    places = {"cards": ROOT / "models", "corpus": tmp_path / "corpus", "shared": tmp_path / "shared"}
    places["corpus"].mkdir()
    for part in ("train", "dev", "test"):
        lines = (COMMERCE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (places["corpus"] / f"{part}.jsonl").write_text("".join(lines[:40]), encoding="utf-8")
    (places["shared"] / "parallel").mkdir(parents=True)
    rows = [f"{origin}\tMIT\t他不喜欢吃第{n}条鱼\tHe does not like fish {n}." for n in range(9) for origin in "ab"]
    rows += ["a\tGPL-3.0\t这一条不能用的鱼\tNot this one.", "c\tMIT\t也不是这一条鱼啊\tNor this one."]
    (places["shared"] / "parallel" / "zh-CN-en.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return read_recipe(tmp_path / "recipe.toml"), places


def test_files(small: tuple[Recipe, dict[str, Path]], tmp_path: Path) -> None:
    """Both markets, general texts in train alone; the same again gives the same bytes, and training reads them."""
    recipe, places = small
    first = write_lessons(recipe, **places, folder=tmp_path / "one")
    again = write_lessons(recipe, **places, folder=tmp_path / "two")
    assert first == again
    for name in ("train.jsonl", "dev.jsonl", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    lines = [json.loads(line) for line in (tmp_path / "one" / "train.jsonl").read_text("utf-8").splitlines()]
    assert {"us", "hk"} == {line["market"] for line in lines}
    assert 4 == sum(line["from"].startswith("general#") for line in lines)
    assert not any("Not this one" in line["answer"] or "Nor this" in line["answer"] for line in lines)
    assert "general" not in (tmp_path / "one" / "dev.jsonl").read_text(encoding="utf-8")
    lessons = read_lessons(tmp_path / "one")
    assert (first["digest"], recipe.digest, len(lines)) == (lessons.digest, lessons.recipe, len(lessons.train))
    assert "cc324af070c2" == lessons.base["sha256"][:12]
    assert recipe.systems["hk"] in {text.system for text in lessons.train}


def test_wrong_files(small: tuple[Recipe, dict[str, Path]], tmp_path: Path) -> None:
    """A broken line is named with its file; too few general texts say what to do."""
    recipe, places = small
    table = places["shared"] / recipe.general.file
    with pytest.raises(DataError, match=r"origin 'a' has 9 .*lower general\.share"):
        draw_general(table, recipe.general, 40, seed=1, taken=())
    assert "他不喜欢吃第3条鱼" not in dict(draw_general(table, recipe.general, 16, seed=1, taken={"他不喜欢吃第3条鱼"}))
    table.write_text("a\tMIT\t缺一列\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"tsv:1: 3 columns"):
        draw_general(table, recipe.general, 2, seed=1, taken=())
    with pytest.raises(DataError, match="SHOPGLOT_SHARED"):
        draw_general(tmp_path / "none.tsv", recipe.general, 2, seed=1, taken=())
    (places["corpus"] / "dev.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"dev\.jsonl:1: field 'listing' is missing"):
        write_lessons(replace(recipe), **places, folder=tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
