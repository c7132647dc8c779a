"""What may be shown: never what is measured, nor a page that shares a text with it, and as the pipeline sends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shopglot.errors import DataError
from shopglot.localizer import Localizer
from shopglot.protect import render
from shopglot.texts import Text, cut
from shopglot_eval.records import Example, Suite
from shopglot_eval.retrieval.nearest import ByLikeness
from shopglot_eval.retrieval.pool import make_pool


def test_a_page_with_a_measured_text_is_left_out(
    train: tuple[Example, ...], suite: Suite, localizer: Localizer
) -> None:
    """Whole, its other text too, also where width, case and spaces differ; the rest stays in order."""
    twin = replace(suite.examples[0], source="旅行枕　慢回弹 ")
    pool = make_pool(train, [*suite.examples, twin], localizer)
    assert pool.left_out == 2
    assert [example.id for example in pool.examples] == ["t0", "t1", "t4", "t5"]


def test_one_page_in_both_parts_is_refused(train: tuple[Example, ...], suite: Suite, localizer: Localizer) -> None:
    """As is a corpus of which nothing is left."""
    with pytest.raises(DataError, match="'m/t1' is measured"):
        make_pool(train, [*suite.examples, train[2]], localizer)
    same = [replace(example, listing=f"x/{example.id}") for example in train]
    with pytest.raises(DataError, match="no known text is left"):
        make_pool(train, same, localizer)


def test_the_nearest_is_shown_first_and_no_text_twice(
    train: tuple[Example, ...], suite: Suite, localizer: Localizer
) -> None:
    """Not the asked text itself, nor one of its form; fewer than asked for where there are no more."""
    again = replace(train[0], id="again", source="珊瑚绒毛毯加厚款")
    pool = make_pool([*train, again], suite.examples, localizer)
    finder = ByLikeness(pool.sources)
    shown = pool.show("珊瑚绒毛毯 加厚款大号", finder, count=3)
    assert [one.id for one in shown] == ["t0", "t1", *[one.id for one in shown[2:]]]
    assert shown[0].likeness > shown[1].likeness >= shown[2].likeness
    assert "t0" not in {one.id for one in pool.show(train[0].source, finder, count=9)}
    assert len(pool.show("枕", finder, count=99)) == len(train)


def test_an_example_looks_like_what_is_asked(suite: Suite, localizer: Localizer) -> None:
    """Words of the glossary that its translation has stand in it, and masks are tokens on both sides."""
    source = "珊瑚绒毛毯 扫码 https://a.example/x 看视频"
    part = cut(Text(source=source, field="bullet"), localizer)
    terms = [term for term in part.segments[0].terms if term.enforce and not term.rule]
    assert terms, "the glossary has lost its word: choose another"
    target = f"{' '.join(term.target for term in terms)}: scan https://a.example/x for a video"
    known = Example(
        id="k", market="us", source=source, references=(target,), field="bullet", listing="m/k",
        terms=tuple((term.source, term.target) for term in terms),
    )  # fmt: skip
    pool = make_pool([known], suite.examples, localizer)
    [shown] = pool.show("毛毯 看视频", ByLikeness(pool.sources), count=1)
    assert shown.question == render(localizer.unit(part.segments[0]).request()).body
    assert "ZQ1" in shown.question
    assert "ZQ1" in shown.answer
    assert "https" not in shown.question + shown.answer


def test_what_no_engine_is_asked_is_not_shown(suite: Suite, localizer: Localizer) -> None:
    """A text that glossary and policy answer alone is no example of what a model writes."""
    known = Example(id="k", market="us", source="XL", references=("XL",), field="option-value", listing="m/k")
    pool = make_pool([known], suite.examples, localizer)
    assert pool.lesson(0) is None
    assert pool.show("XXL", ByLikeness(pool.sources), count=1) == ()
