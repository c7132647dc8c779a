"""The measurement of protection: what is planted, what counts as silent, and the two bars."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from shopglot.protect import protect
from shopglot.types import Mask, Reply, Request
from shopglot_eval import planting
from shopglot_eval.planting import Done, judge, missed, open_localizer, run_pages, run_planted, work
from shopglot_eval.planting_hostile import HostileEngine
from shopglot_eval.planting_pages import outline, write_page
from shopglot_eval.planting_seeds import Line, Planted, plant

BRANDS = {"韩束": "KANS"}


def seeded(seed: int) -> Random:
    """Return a source of chance that is the same each time."""
    return Random(seed)  # noqa: S311 - not for secrets


def test_planting_is_seeded_and_loses_nothing() -> None:
    """The same seed plants the same texts, each is in the line, and taking them out gives the line back."""
    line = Line(field="description", text="很柔软的面料，适合敏感肌使用。净重约300g，好用")
    for seed in range(200):
        planted = plant(line, seeded(seed), BRANDS)
        assert planted == plant(line, seeded(seed), BRANDS)
        text = planted.text
        for one in planted.planted:
            assert one.text in text
            text = text.replace(one.text, "", 1)
        assert line.text == text.replace(" ", "").replace("货号", "")


def test_no_tag_is_planted_where_none_is_read() -> None:
    """A size cell is no HTML."""
    line = Line(field="size-cell", text="建议体重和胸围")
    kinds = {one.kind for seed in range(200) for one in plant(line, seeded(seed), BRANDS).planted}
    assert {"placeholder", "sku", "url", "email", "mention", "emoji", "brand"} == kinds


@pytest.mark.parametrize(
    ("kind", "text", "target", "expected"),
    [
        ("url", "https://a.cn/b", "See https://a.cn/b", "present"),
        ("url", "https://a.cn/b", "See https://a.cn/c", "silent"),
        ("url", "https://a.cn/b", "See https://a.cn/b https://a.cn/b", "silent"),
        ("brand", "韩束", "KANS mask", "present"),
        ("brand", "韩束", "Kans mask", "silent"),
        ("hashtag", "#平价[话题]#", "Good #Affordable", "present"),
        ("hashtag", "#平价[话题]#", "Good #Affordable[话题]#", "silent"),
    ],
)
def test_what_is_not_as_it_was_is_silent(kind: str, text: str, target: str, expected: str) -> None:
    """A text that is missing, altered, re-cased or doubled in a line that is not held was changed silently."""
    form = {"brand": "KANS", "hashtag": ""}.get(kind, text)
    done = Done(line=Line(field="note", text=f"好 {text}"), target=target, judged=())
    assert expected == judge(Planted(kind=kind, text=text, expected=form), done)


def test_a_page_is_seeded_and_its_outline_has_all_but_its_text() -> None:
    """Tags, attributes, comments and scripts count; text and its entities do not."""
    assert write_page(seeded(3)) == write_page(seeded(3))
    page = '<p class="x">好<b title="a>b">妙</b><!--c--><br/><script>中</script>&nbsp;</p>'
    assert outline(page) == outline(page.replace("好", "good").replace("妙", "fine").replace("&nbsp;", " "))
    for old, new in (("a>b", "a"), ("<br/>", ""), ("中", "x"), ("--c--", "--d--"), ("</b>", ""), ("<b ", "<i ")):
        assert outline(page) != outline(page.replace(old, new))


def test_the_hostile_engine_is_seeded_and_hostile() -> None:
    """Equal questions get equal answers; over many, tokens are lost, doubled and re-cased."""
    requests = [Request(source=f"好{n}{{a}}妙{{b}}", field="note", style="prose", masks=_masks(n)) for n in range(300)]
    answers = [reply.text for reply in HostileEngine(1).translate(requests)]
    assert answers == [reply.text for reply in HostileEngine(1).translate(requests)]
    assert any("ZQ2" not in text for text in answers)
    assert any("zq1" in text for text in answers)
    assert any(text.count("ZQ1") > 1 for text in answers)


@pytest.mark.parametrize("model", ["fake", "hostile"])
@pytest.mark.parametrize("market", ["us", "hk"])
def test_nothing_changes_silently(model: str, market: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On the sample catalog and some pages every planted text is present or held, whatever the engine does."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    localizer = open_localizer(market, model, 1)
    assert [] == run_planted(localizer, seed=1, limit=150, show=5)["shown"]
    assert [] == run_pages(localizer, seed=1, limit=40, show=5)["shown"]


def test_an_engine_that_rewrites_addresses_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that comes back altered is held by a finding, not published."""
    engine = HostileEngine(1)
    monkeypatch.setattr(engine, "translate", lambda requests: [Reply(text="See https://made.up/") for _ in requests])
    localizer = replace(open_localizer("us", "hostile", 1), open_engine=lambda: engine)
    (done,) = work([Line(field="note", text="很柔软的面料见https://a.cn/b适合我")], localizer, "test")
    assert done.held


def test_bars() -> None:
    """Silent changes always miss; what is held counts for an engine that means well."""
    fine = {"silent": 0, "held_share": 0.0}
    held = {"silent": 0, "held_share": 0.5}
    assert [] == list(missed({"planted": fine, "html": fine}, bounded=True))
    assert 2 == len(list(missed({"planted": held, "html": held}, bounded=True)))
    assert [] == list(missed({"planted": held, "html": held}, bounded=False))
    assert 1 == len(list(missed({"html": {"silent": 1, "held_share": 0.0}}, bounded=False)))


def test_the_command_prints_one_object(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` is one line on stdout; progress and what was skipped are told on stderr."""
    monkeypatch.setenv("SHOPGLOT_SHARED", str(tmp_path))
    assert 0 == planting.main(["--model", "fake", "--limit", "10", "--json"])
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (10, 10) == (report["planted"]["lines"], report["html"]["pages"])
    assert 1 == out.count("\n")
    assert "no marketplace copy" in err


def _masks(n: int) -> tuple[Mask, ...]:
    return protect(f"好{n}{{a}}妙{{b}}")
