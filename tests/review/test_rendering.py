"""The interface's words in three languages, and what templates are given."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopglot.review.rendering import HERE, LANGUAGES, messages, number, static, translate, when
from shopglot.script import has_han

BUILDS = re.compile(
    r"""(?:innerHTML|outerHTML)\s*\+?=\s*(?!""|'')[^;]*|insertAdjacentHTML|document\.write|\beval\(|new Function"""
)
KEY = re.compile(r"""\b(?:t|say)\((?:request,\s*|\w+\.request,\s*)?["']([a-z]+\.[a-z0-9_-]+)["']\s*([,)~+])""")


def holes(text: str) -> set[str]:
    """Return the names of the values that a message takes."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_has_the_same_words() -> None:
    """With the same values in them, and none of them empty."""
    english = messages()["en"]
    assert len(english) > 100
    for language in LANGUAGES:
        own = messages()[language]
        assert set() == set(english) ^ set(own)
        assert [] == [key for key, text in own.items() if not text.strip()]
        assert [] == [key for key, text in own.items() if holes(text) != holes(english[key])]


def test_each_language_is_in_its_own_script() -> None:
    """Nothing was left in English, nothing simplified among the traditional words."""
    traditional = messages()["zh-Hant"]
    simplified_only = set("们这说时过没对发还应见门问间长东车马鱼鸟龙贝页风飞书买卖读认识让请谁许设证评词该语误调谢")
    assert [] == [key for key, text in traditional.items() if simplified_only & set(text)]
    for language in ("zh-Hant", "zh-Hans"):
        own, english = messages()[language], messages()["en"]
        same = [key for key, text in own.items() if text == english[key] and len(text.split()) > 2]
        assert [] == same
        assert sum(has_han(text) for text in own.values()) > 0.9 * len(own)


@pytest.mark.parametrize(
    "path", sorted([*(HERE / "templates").glob("*.html"), *HERE.rglob("*.py")]), ids=lambda path: path.name
)
def test_every_word_that_is_asked_for_is_there(path: Path) -> None:
    """Keys that are written out in templates and modules."""
    known = messages()["en"]
    for key, after in KEY.findall(path.read_text(encoding="utf-8")):
        assert key in known if after in ",)" else any(one.startswith(key) for one in known), key


def test_words_are_put_in_as_they_are() -> None:
    """A value is a text: what looks like a hole in it, or like markup, stays as it is."""
    assert "Too many requests. Try again in {x} s." == translate("en", "errors.slow-down", seconds="{x}")
    assert "nothing.there" == translate("zh-Hant", "nothing.there")


def test_times_and_numbers() -> None:
    """A time is UTC for machines, which the page's script turns into the reader's own."""
    moment = datetime(2026, 8, 3, 9, 5, tzinfo=UTC)
    assert '<time datetime="2026-08-03T09:05:00Z" data-when>2026-08-03 09:05 UTC</time>' == when(moment)
    assert "" == when(None)
    assert ("12,345", "0.50") == (number(12_345), number(0.5, 2))


def test_no_template_turns_escaping_off() -> None:
    """Nor has a script, a style or a handler of its own: the page's policy would refuse it."""
    for path in (HERE / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape false|Markup\(", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=", text), path
        assert "hx-on" not in text, path


def test_scripts_build_no_markup_from_texts() -> None:
    """Our own scripts set texts, not HTML: innerHTML takes constants only, and nothing is evaluated."""
    for path in (HERE / "static").rglob("*.js"):
        if "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found = BUILDS.findall(text)
            assert [] == found, path


def test_a_static_files_url_changes_with_its_content() -> None:
    """So that browsers may keep it; a name that there is not is a mistake of the template."""
    assert re.fullmatch(r"/static/base\.css\?v=[0-9a-f]{12}", static("base.css"))
    with pytest.raises(KeyError):
        static("../app.py")
