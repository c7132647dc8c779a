"""Which characters nothing decides, as OpenCC itself tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.engines.doubts import FORMS, find_marks, load_marker
from shopglot.engines.hant import HantConverter

MARK = load_marker()
HONG_KONG = HantConverter("hk", {"古典表": "古典錶", "MP3": "MP3"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("购买的表", "表"),
        ("手表表带", ""),  # both are phrases
        ("车面", "面"),
        ("面粉", ""),
        ("", ""),
        ("hello 😀", ""),
    ],
)
def test_marks(text: str, expected: str) -> None:
    """A character inside a phrase has no mark."""
    assert expected == "".join(character for _, character in find_marks(MARK(text), text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要的古典表", []),  # a term
        ("毛巾晾了就干", []),  # a rule
        ("手表", []),  # a phrase
        ("MP3的表", [(4, "表錶")]),
        ("http://a.b/c 的表", [(14, "表錶")]),
        ("我要的表\ud800表", [(3, "表錶"), (5, "表錶")]),
        ("我要的錶與面", []),  # Traditional already
        ("\ue000面", [(1, "面麵")]),
        ("", []),
        ("T-shirt", []),
    ],
)
def test_doubts(text: str, expected: list[tuple[int, str]]) -> None:
    """Doubtful is what neither a term nor a rule nor a phrase decides, at its place in the text."""
    assert expected == HONG_KONG.doubts(text)


def test_forms_are_of_the_market() -> None:
    """What Taiwan writes otherwise is named as Taiwan writes it."""
    assert {"檯"} <= {form for _, forms in HantConverter("tw", {}).doubts("不少外国台") for form in forms}
    assert {"枱"} <= {form for _, forms in HantConverter("hk", {}).doubts("不少外国台") for form in forms}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=[*FORMS, "的", "头", "水", "A", "1", "\x1e", "\ue000", "\ud800", "𠮷", "，"], max_size=12))
def test_doubts_are_what_is_written(text: str) -> None:
    """Each doubt stands in the text, its forms are of that character, and the first one is written."""
    written = HONG_KONG.convert(text)
    for place, forms in HONG_KONG.doubts(text):
        assert set(FORMS[text[place]]) >= set(forms)
        assert len(forms) == len(set(forms))
        assert forms[0] in written
