"""Facts about characters."""

import subprocess
import sys

import pytest

from shopglot import script


@pytest.mark.parametrize(
    "ch",
    [
        "一",
        "鿿",
        "㐀",
        "々",
        "〇",
        "⺀",
        "⼀",
        "豈",
        "\U00020000",
        "\U0002a6df",
        "\U0002f800",
        "\U00030000",
        "\U000323af",
    ],
)
def test_han(ch: str) -> None:
    """Ideographs of every extension, radicals, compatibility forms, 々 and 〇 are Han."""
    assert script.is_han(ch)
    assert script.has_han(f"a{ch}b")
    assert script.has_cjk(f"a{ch}b")


@pytest.mark.parametrize(
    "ch", ["。", "「", "\u3000", "あ", "ァ", "ー", "ㄅ", "한", "ㄱ", "ｱ", "！", "Ａ", "￥", "㎡", "㊗", "︰", "⿰"]
)
def test_cjk_but_not_han(ch: str) -> None:
    """East Asian punctuation, kana, bopomofo, hangul and full-width forms are CJK and not Han."""
    assert script.has_cjk(f"a{ch}b")
    assert not script.has_han(ch)


@pytest.mark.parametrize(
    "text", ["", "abc 123", "“–…™℃①€é", "Привет", "ไทย", "👨‍👩‍👧🈶", "\ud800", "\x00", "\u2000" + "0", "®×²·"]
)
def test_neither(text: str) -> None:
    """Symbols and punctuation that Western text uses as well are not CJK, nor are emoji and lone surrogates."""
    assert not script.has_cjk(text)
    assert not script.has_han(text)


def test_is_han_takes_one_character() -> None:
    """Several characters, or none, are not a Han character."""
    assert not script.is_han("")
    assert not script.is_han("汉字")


def test_kana_and_hangul() -> None:
    """Kana and hangul patterns match letters, not the punctuation between them."""
    assert ["バ", "ッ", "グ", "の", "ー"] == script.KANA.findall("バッグ・の。ー漢")
    assert ["한", "자", "ㅋ"] == script.HANGUL.findall("한자·漢ㅋ")


@pytest.mark.parametrize("ch", "这个们体机听坏儿国说车门饰麦龙龟线纤维绵质适肤腻")
def test_simplified_only(ch: str) -> None:
    """Characters that only Simplified Chinese writes."""
    assert ch in script.SIMPLIFIED_ONLY
    assert ch not in script.TRADITIONAL_ONLY


@pytest.mark.parametrize("ch", "這個們體機聽壞兒國說車門飾麥龍龜線纖質適膚膩裡裏後於菸髮麵鬆臺灣麼衞為爲啟")
def test_traditional_only(ch: str) -> None:
    """Characters that only Traditional Chinese writes, Hong Kong's own forms included."""
    assert ch in script.TRADITIONAL_ONLY
    assert ch not in script.SIMPLIFIED_ONLY


@pytest.mark.parametrize("ch", "干后里面系只台着群峰松余云采谷卜准丑斗几划并征游秘杰厘据胜恒踪淀户温税悦吃晒沈一的a。")
def test_shared(ch: str) -> None:
    """Characters that Traditional texts write, too, are not Simplified-only, whatever a converter makes of them."""
    assert ch not in script.SIMPLIFIED_ONLY


@pytest.mark.parametrize("ch", "乾隆徵夥着吃群一a")
def test_shared_with_simplified(ch: str) -> None:
    """Characters that Simplified texts write, too (乾隆, 宫商角徵羽), are not Traditional-only."""
    assert ch not in script.TRADITIONAL_ONLY


def test_sets_are_disjoint_and_large() -> None:
    """Each set holds thousands of characters, and none is in both."""
    assert not script.SIMPLIFIED_ONLY & script.TRADITIONAL_ONLY
    assert len(script.SIMPLIFIED_ONLY) > 3_000
    assert len(script.TRADITIONAL_ONLY) > 3_000
    assert script.SIMPLIFIED_ONLY is script.simplified_only()
    assert script.TRADITIONAL_ONLY is script.traditional_only()


def test_unknown_name() -> None:
    """Lazy constants do not make every name exist."""
    with pytest.raises(AttributeError, match="NOTHING"):
        _ = script.NOTHING


def test_import_is_cheap() -> None:
    """Importing the module, and asking about scripts, loads no OpenCC."""
    code = "import sys; from shopglot import script; script.has_cjk('x'); print('opencc' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
