"""Words in disguise: every trick is seen through, ordinary words are not taken for one, and no text breaks it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError
from shopglot.sensitivity.disguise import Disguises
from shopglot.sensitivity.lore import load_lore
from shopglot.sensitivity.plain import fold, view
from shopglot.sensitivity.sounding import Sounds

LITERALS = [
    *("加微信", "微信", "加v", "vx", "qq", "加群", "扫码加群", "私信", "治疗", "高仿", "减肥", "祛痘", "催情", "a货"),
    *("好评返现", "腰椎间盘突出", "糖尿病", "降血压", "莆田鞋", "cure", "weight loss", "whitening", "cbd"),
]
DISGUISES = Disguises(map(fold, LITERALS))


def found(text: str, disguises: Disguises = DISGUISES) -> dict[str, str]:
    """Return each literal that was found, with its longest writing in the text."""
    plain = view(text)
    hits: dict[str, str] = {}
    for literal, start, end in disguises.find(plain):
        written = text[slice(*plain.span(start, end))]
        if len(written) > len(hits.get(literal, "")):
            hits[literal] = written
    return hits


@pytest.mark.parametrize(
    ("text", "literal", "written"),
    [
        ("宝子加薇信聊", "加微信", "加薇信"),
        ("宝子加威信聊", "加微信", "加威信"),
        ("宝子加徽信聊", "加微信", "加徽信"),
        ("宝子嘉微信聊", "加微信", "嘉微信"),
        ("控油祛豆套装", "祛痘", "祛豆"),
        ("降雪压很快", "降血压", "降雪压"),
        ("能氵台疗湿疹", "治疗", "氵台疗"),
        ("能氵台疒了湿疹", "治疗", "氵台疒了"),
        ("能水台疗湿疹", "治疗", "水台疗"),
        ("力口微信", "加微信", "力口微信"),
        ("女子评返现", "好评返现", "女子评返现"),
        ("jia wei xin", "加微信", "jia wei xin"),
        ("JiaWeiXin", "加微信", "JiaWeiXin"),
        ("jia1 wei1 xin4", "加微信", "jia1 wei1 xin4"),
        ("zhì liáo 失眠", "治疗", "zhì liáo"),
        ("ZhiLiao失眠", "治疗", "ZhiLiao"),
        ("能治liao失眠", "治疗", "治liao"),
        ("能 治 liao 失眠", "治疗", "治 liao"),
        ("gao fang bao bao看不出来", "高仿", "gao fang"),
        ("加wei信", "加微信", "加wei信"),
        ("加w信", "加微信", "加w信"),
        ("PT鞋纯原版", "莆田鞋", "PT鞋"),
        ("加vx13800001111", "加微信", "加vx"),
        ("加V❤信号", "微信", "V❤"),
        ("咨询v-x领券", "vx", "v-x"),
        ("嘉v领券", "加v", "嘉v"),
        ("+薇信", "加微信", "+薇信"),
        ("扫码加裙", "扫码加群", "扫码加裙"),
        ("信微加", "加微信", "信微加"),
        ("加，微，信", "加微信", "加，微，信"),
        ("加\n微\n信", "加微信", "加\n微\n信"),
        ("女用催，情香水", "催情", "催，情"),
        ("可以加微 信聊", "加微信", "加微 信"),
        ("女用催…情香水", "催情", "催…情"),
        ("cur3 all", "cure", "cur3"),
        ("сure all", "cure", "сure"),
        ("c.u.r.e", "cure", "c.u.r.e"),
        ("c u r e", "cure", "c u r e"),
        ("cu*re", "cure", "cu*re"),
        ("w3ight l0ss", "weight loss", "w3ight l0ss"),
        ("weight-loss", "weight loss", "weight-loss"),
        ("wh1ten1ng cream", "whitening", "wh1ten1ng"),
        ("сbd oil", "cbd", "сbd"),
        ("А货", "a货", "А货"),
        ("a huo", "a货", "a huo"),
    ],
)
def test_found(text: str, literal: str, written: str) -> None:
    """A disguised word is found where it stands, as it is written."""
    assert written == found(text).get(literal)


@pytest.mark.parametrize(
    "text",
    [
        "加微信 治疗 高仿 cure weight loss A货",  # literally: for the ordinary view
        "增加威信",
        "大家微笑",
        "立威信先立规矩",
        "卫星地图拼图",
        "维新派水彩",
        "景德镇高坊手工茶壶",
        "高防晒霜",
        "显高 仿皮草",
        "显高，仿皮外套",
        "高仿真玫瑰",
        "加绒百褶裙 加裙撑更蓬",
        "女子评书",
        "好女子学校",
        "+微精华",
        "VX2000投影",
        "VX-5探头",
        "nvx支架",
        "QQ弹弹",
        "QuBan 宠物牵引绳",
        "I can cook",
        "ban the sun",
        "5kg 2l 100ml",
        "secure, curve and manicure",
        "bc1d cure4you",
        "S M L XL",
        "微信消息提醒",
    ],
)
def test_left_alone(text: str) -> None:
    """Ordinary words, names and what is literally there are no disguises."""
    assert {} == found(text)


def test_put_back() -> None:
    """A plus that the view took out between two characters still reads as what it stands for."""
    plain = view("详情+微信")
    assert [("加微信", 2, 4)] == DISGUISES.find(plain)
    assert "微信" == "详情+微信"[slice(*plain.span(2, 4))]


def test_restored() -> None:
    """The view with the words written out leads back to the disguise; without one there is no such view."""
    text = "可以加薇信聊，jia wei xin，高 仿"
    restored = DISGUISES.restore(view(text))
    assert restored is not None
    assert "可以加微信聊,加微信,高仿" == restored.text
    assert ["加薇信", "jia wei xin"] == [text[slice(*restored.span(*place))] for place in ((2, 5), (7, 10))]
    assert (12,) == restored.gaps
    assert DISGUISES.restore(view("可以加微信聊")) is None


def test_no_literals() -> None:
    """Without literals, and with those of one character, nothing is found."""
    for literals in ([], ["治"], [" "], ["疗", ""]):
        assert {} == found("加薇信 氵台疗 cur3", Disguises(literals))


PIECES = st.sampled_from(
    [
        *(
            "加",
            "薇",
            "信",
            "微",
            "氵台",
            "疗",
            "治",
            "wei",
            "xin",
            "jia",
            "v",
            "x",
            "zhì",
            "liáo",
            "c",
            "u",
            "r3",
            "е",
        ),
        *(
            " ",
            "，",
            "\n",
            "+",
            "❤",
            "🇻🇽",
            "\\/",
            "👨‍👩‍👧",
            "\u200b",
            "\ud800",
            "\U00020000",
            "\x00",
            "<b>",
            "&nbsp;",
            "1",
        ),
        *("カロ", "İ", "ﷺ", "ß", "ŉ"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40)))
def test_any_text(text: str) -> None:
    """No text breaks it; what is found is a literal, lies within the text, and is not written literally."""
    plain = view(text)
    for literal, start, end in DISGUISES.find(plain):
        assert literal in LITERALS
        assert 0 <= start < end <= len(plain.text)
        assert not (plain.text[start:end] == literal and plain.holds(start, end))
    restored = DISGUISES.restore(plain)
    if restored is not None:
        assert len(restored.text) == len(restored.starts) == len(restored.ends)
        assert list(restored.starts) == sorted(restored.starts)
        assert list(restored.gaps) == sorted(set(restored.gaps))
        assert len(restored.gaps) == len(restored.taken)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=8).map(fold), max_size=4), st.text(max_size=30))
def test_any_literals(literals: list[str], text: str) -> None:
    """No literal breaks it either."""
    assert {literal for literal, _, _ in Disguises(literals).find(view(text))} <= set(literals)


@pytest.mark.parametrize(
    "text", ["", "治" * 50_000, "a" * 50_000, "wei xin " * 10_000, "，" * 50_000, "v " * 30_000, "氵台" * 20_000]
)
def test_odd_texts(text: str) -> None:
    """Long and monotonous texts are texts like any other."""
    DISGUISES.find(view(text))


def test_linear() -> None:
    """Ten times the text takes about ten times the time."""
    text = "好看的裙子，加 v 领，jia ban fei 加薇信 c.u.r.e 高仿🌸 panasonic 5kg " * 50

    def cost(times: int) -> float:
        plain = view(text * times)
        return min(_seconds(plain) for _ in range(3))

    assert cost(10) < 40 * cost(1)


def _seconds(plain: object) -> float:
    start = time.perf_counter()
    DISGUISES.find(plain)  # type: ignore[arg-type]
    return time.perf_counter() - start


def test_syllables() -> None:
    """A run of letters is pinyin where it falls into syllables, the longest first; English words are none."""
    sounds = Sounds(load_lore())
    assert ("jia", "wei", "xin") == sounds.spell("jiaweixin")
    assert ("xian",) == sounds.spell("xian")
    assert ("lv",) == sounds.spell("lv")
    assert [()] * 5 == [sounds.spell(run) for run in ("", "a", "wechat", "cotton", "a" * 100)]


def test_every_disguise_of_the_lore_works() -> None:
    """Each listed form is found for its word, but for those that are the word of another entry."""
    forms = load_lore().forms
    disguises = Disguises(forms)
    asked = [(word, form) for word, of in forms.items() for form in of if fold(form) not in forms]
    missed = [
        (word, form)
        for word, form in asked
        if word not in found(f"，{form}，", disguises) and word not in found(f"是{form}的", disguises)
    ]
    assert [] == missed


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[latin]", "[latine]", "key latine: is not known"),
        ('words = ["', 'words = [1, "', "must be a list of texts"),
        ("[signs]", "[signs]\nx = 1", "key signs.x: must be a text"),
        ("[splits.left]", '[splits.left]\n"疒疒" = "疗"', "must be pairs"),
        ("[forms]", "[forms", "cannot be read as TOML"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What is wrong in the file is an error that names the file and the key."""
    text = (Path(__file__).parents[2] / "glossaries" / "common" / "disguises.toml").read_text(encoding="utf-8")
    text = text.replace("words = [\n", 'words = ["甲乙", \n')
    assert old in text
    path = tmp_path / "disguises.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=said) as caught:
        load_lore(path)
    assert str(path) in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(DataError, match=r"disguises\.toml: cannot be read"):
        load_lore(tmp_path / "disguises.toml")


def test_import_is_light() -> None:
    """Neither the dictionary nor OpenCC is loaded before a text gives reason for it."""
    code = (
        "import sys; from shopglot.sensitivity.disguise import Disguises; from shopglot.sensitivity.plain import Plain;"
        "Disguises(['vx']).find(Plain(text='nice', starts=(0, 1, 2, 3), ends=(1, 2, 3, 4), gaps=()));"
        "print([name for name in ('rjieba', 'opencc') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


@pytest.mark.parametrize("text", ["damage claims", "water damage", "a panorama", "Damascus steel"])
def test_syllables_inside_a_word(text: str) -> None:
    """Syllables that are only a part of a Latin word spell nothing."""
    assert [] == Disguises(["打码"]).find(view(text))
