"""Damage: what every kind promises, what each mechanism does, and texts that nothing can be done to."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import UsageError
from shopglot.script import HAN
from shopglot_eval.damage import KINDS, TRAINING_ONLY, Damaged, damage, draw, generate
from shopglot_eval.damage.addition import MECHANISMS as ADDITIONS
from shopglot_eval.damage.cases import Case, Pool, find_names, gather, name_shape, near_length, noun_shape
from shopglot_eval.damage.entities import CLASSES
from shopglot_eval.damage.figures import numbers
from shopglot_eval.damage.invented import (
    FEATURES,
    NEWS,
    NEWS_ASIDES,
    NEWS_PHRASES,
    SHOP,
    SHOP_ASIDES,
    SHOP_PHRASES,
    is_news,
)  # fmt: skip
from shopglot_eval.damage.omission import phrases
from shopglot_eval.damage.pinyin import spell
from shopglot_eval.damage.seams import clauses, content, count, cut, is_title, overlap, plain, sentences
from shopglot_eval.terms.texts import read_wmt22, shared_folder

PAIRS = (
    (
        "这款面霜质地轻盈，适合油性皮肤，开封后请在12个月内用完。",
        "This cream has a light texture and suits oily skin, but please use it up within 12 months of opening.",
    ),
    (
        "我上周五在上海的店里给女儿买了两条裙子，她很喜欢。",
        "Last Friday I bought two skirts for my daughter at the store in Shanghai, and she likes them a lot.",
    ),
    (
        "充电一小时可以用三天，出差再也不用带充电器了！",
        "One hour of charging lasts three days, so I never take the charger on business trips with me!",
    ),
    (
        "店员很耐心，但是价格比小米贵了200元。",
        "The clerk was patient. However, the price is 200 yuan higher than that of Xiaomi in Beijing.",
    ),
    (
        "加厚羊毛围巾 男女同款 冬季保暖",
        "Thick Wool Scarf Unisex Winter Warm Soft Shawl",
    ),
    (
        "洗的时候不要用热水，不然会缩水的。",
        "Do not wash it in hot water; otherwise it will shrink, and the color may change after some time.",
    ),
    (
        "警方说，这起事故造成5人受伤，原因正在调查。",
        (
            "Police said that the accident injured 5 people in Wuhan, and that its cause is being "
            "looked into by the city government."
        ),
    ),
    (
        "沙发比图片上看起来小一些，不过坐着很舒服。",
        "The sofa is somewhat smaller than it looks in the pictures, although it is comfortable to sit on.",
    ),
    (
        "公司去年卖出了300万台手机，其中一半销往印度。",
        "Last year the company sold 3 million phones, half of them to buyers in India and Brazil.",
    ),
    (
        "请在下单之前仔细阅读尺码表。",
        "Please read the size chart carefully before you place an order with our shop.",
    ),
)
POOL = gather(PAIRS)
EMPTY = gather(())


def drawn(kind: str, *, seeds: int = 40) -> list[Damaged]:
    """Return many draws of a kind."""
    made = (
        draw(source, target, kind, Random(seed), POOL)  # noqa: S311 - not for secrets
        for seed in range(seeds)
        for source, target in PAIRS
    )
    return [item for item in made if item]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_damage_of_several_mechanisms(kind: str) -> None:
    """Each kind applies to most texts, in three ways at least, none of which does most of the work."""
    made = drawn(kind)
    ways = Counter(item.mechanism for item in made)
    assert len(made) >= 40 * (4 if kind == "number" else 6)
    assert len(ways) >= 3
    assert ways.most_common(1)[0][1] <= 0.65 * len(made)
    assert [] == [item for item in made if plain(item.damaged) == plain(item.clean) or not item.damaged.strip()]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "untranslated"])
def test_no_chinese_gets_in(kind: str) -> None:
    """Only `untranslated` puts Chinese into a target."""
    assert [] == [item for item in drawn(kind) if HAN.search(item.damaged)]


def test_number_changes_numbers() -> None:
    """The multiset of what a reader takes for a number differs, counted here with other means than there."""
    pattern = re.compile(
        r"\d[\d,.]*\d|\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twice|half|hundred|thousand|"
        r"million|billion|trillion|one hour|people|yuan|dollars|euros|hours?|days?|weeks?|months?|years?)\b",
        re.IGNORECASE,
    )
    for item in drawn("number"):
        assert Counter(pattern.findall(item.clean)) != Counter(pattern.findall(item.damaged)), item


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 months, 1,000 yuan", {"12": 1, "months": 1, "1000": 1, "yuan": 1}),
        ("Two of 3 million", {"two": 1, "3": 1, "million": 1}),
        ("the second one", {"second": 1}),
        ("5kg", {"5": 1, "kg": 1}),
        ("no number", {}),
    ],
)
def test_numbers(text: str, expected: dict[str, int]) -> None:
    """Digits without commas, number words, scales and units are counted."""
    assert expected == dict(numbers(text))


def test_numbers_stay_well_formed() -> None:
    """Ordinals get their ending, "one hour" its plural, addresses and years are let alone in size."""
    for seed in range(60):
        chance = Random(seed)  # noqa: S311 - not for secrets
        ordinal = damage("", "He came 21st in the race of the city.", "number", chance, EMPTY)
        assert ordinal
        assert re.search(r"(?:\d*1[0-9]th|\d*(?:1st|2nd|3rd|[04-9]th)) in", ordinal)
        assert re.search(
            "in (?:two|three|four|five|six) hours", damage("", "Ready in one hour.", "number", chance, EMPTY) or ""
        )
        assert damage("", "See https://example.com/a12/345 for more.", "number", chance, EMPTY) is None
        year = damage("", "It was founded in 1987 by his father.", "number", chance, EMPTY)
        assert year
        assert re.search(r"in 19\d\d by", year)


def test_omission_takes_words_away_only() -> None:
    """What is left stands in order; three words at least are gone; no loose marks, capital and full stop as before."""
    for item in drawn("omission"):
        assert count(item.clean) - count(item.damaged) >= 3
        left = iter(plain(item.clean))
        assert all(word in left for word in plain(item.damaged)), item
        assert not re.search(r"[,;:]\s*[.,;:!?]|\s[.,;!?]|\s\s", item.damaged), item
        assert item.damaged[-1:] == item.clean[-1:] or item.clean[-1:] not in ".!?"
        assert item.damaged[:1].isupper()


def test_addition_keeps_every_word() -> None:
    """All words of the clean target are there, in order, and more, at the start, between or at the end."""
    places = set()
    for item in drawn("addition"):
        longer = iter(plain(item.damaged))
        assert all(word in longer for word in plain(item.clean)), item
        assert count(item.damaged) - count(item.clean) >= 2
        starts, ends = (plain(item.clean)[at] == plain(item.damaged)[at] for at in (0, -1))
        places.add("middle" if starts and ends else "end" if starts else "start")
        assert item.damaged[-1:] in ".!?" or item.clean[-1:] not in ".!?"
    assert {"start", "middle", "end"} == places


def test_bank_is_large_and_has_no_chinese() -> None:
    """There are sixty clauses and more, none twice, and without numbers as a rule."""
    whole = (*SHOP, *NEWS)
    bank = (*whole, *SHOP_PHRASES, *NEWS_PHRASES, *SHOP_ASIDES, *NEWS_ASIDES, *FEATURES)
    assert len(set(whole)) >= 60
    assert len(set(bank)) == len(bank) >= 100
    assert [] == [text for text in bank if HAN.search(text) or text.endswith(".") or any(map(str.isdigit, text))]
    assert (True, False) == (is_news("The government raised taxes."), is_news("The skirt is nice."))
    assert len(ADDITIONS) >= 3


def test_entity_keeps_the_shape() -> None:
    """As many words as before or nearly so, and what is new was not there; other words stay."""
    for item in drawn("entity"):
        before, after = Counter(plain(item.clean)), Counter(plain(item.damaged))
        assert 0 <= sum((before - after).values()) <= 6
        assert abs(count(item.clean) - count(item.damaged)) <= 3
    assert len({word for row in CLASSES for word in row}) == sum(map(len, CLASSES))


def test_untranslated_is_of_the_source() -> None:
    """The Chinese in a target is the source's; where there is none, there is pinyin."""
    for item in drawn("untranslated"):
        assert set(HAN.findall(item.damaged)) <= set(HAN.findall(item.source))
        assert HAN.search(item.damaged) or item.mechanism == "pinyin"
    assert damage("plain English", "plain English text", "untranslated", Random(1), POOL) is None  # noqa: S311


def test_pinyin() -> None:
    """A word is spelt where all its characters are known."""
    assert ("shang hai", "") == (spell("上海"), spell("上龘"))


def test_unrelated_is_of_another_source() -> None:
    """The text shares few words with the clean one and is never a translation of the same source."""
    for item in drawn("unrelated"):
        assert overlap(content(item.clean), content(item.damaged)) < 0.6
        assert 0.3 * count(item.clean) - 3 <= count(item.damaged) <= 1.8 * count(item.clean) + 3
    twins = (("面膜很好用", "The mask works well for me"), ("面膜很好用", "I find that this product does its job"))
    assert damage(*twins[0], "unrelated", Random(1), gather(twins)) is None  # noqa: S311


def test_repetition_adds_known_words() -> None:
    """Nothing is said that was not said, only more of it."""
    for item in drawn("repetition"):
        assert set(plain(item.damaged)) - set(plain(item.clean)) <= {"and"}
        assert count(item.damaged) > count(item.clean)


def test_truncation_is_a_beginning() -> None:
    """What is left is the beginning of the clean text, shorter."""
    for item in drawn("truncation"):
        left = item.damaged.rstrip(".… -")
        assert item.clean.startswith(left)
        assert len(left) < len(item.clean)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They don’t close.", "They do close."),
        ("You can't park here.", "You can park here."),
        ("It won't shrink.", "It will shrink."),
        ("You cannot park.", "You can park."),
        ("It is not cheap.", "It is cheap."),
        ("I never wash it.", "I wash it."),
    ],
)
def test_negation_is_left_out(text: str, wanted: str) -> None:
    """A dropped not leaves good English."""
    made = {damage("", text, "polarity", Random(seed), EMPTY) for seed in range(30)}  # noqa: S311
    assert wanted in made


def test_same_state_gives_the_same() -> None:
    """Damage depends on the arguments only; another seed gives other damage."""
    kinds = list(KINDS)
    first = list(generate(PAIRS, kinds, 7))
    assert first == list(generate(PAIRS, kinds, 7))
    assert first != list(generate(PAIRS, kinds, 8))


def test_a_kind_does_not_depend_on_the_others() -> None:
    """A kind's draws are the same whichever kinds are drawn beside it."""
    every = [item for item in generate(PAIRS, list(KINDS), 7) if item.kind == "number"]
    assert every == list(generate(PAIRS, ["number"], 7))


def test_unknown_kind_is_refused_at_once() -> None:
    """A kind that there is not is a usage error that names the kinds, before anything is drawn."""
    with pytest.raises(UsageError, match=r"'typo'.*omission, addition"):
        generate(PAIRS, ["number", "typo"], 1)
    with pytest.raises(UsageError, match="'typo'"):
        damage("", "", "typo", Random(1), EMPTY)  # noqa: S311


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["", "   ", "!!!", "\ud800", "🧴👩‍🔬"])
def test_nothing_to_damage(kind: str, target: str) -> None:
    """A target without a word of any language is left alone."""
    assert damage("这是面霜", target, kind, Random(1), POOL) is None  # noqa: S311


@pytest.mark.parametrize(
    ("kind", "possible"),
    [("omission", False), ("number", False), ("gibberish", False), ("truncation", False), ("repetition", True),
     ("addition", True), ("polarity", False)],
)  # fmt: skip
def test_one_word(kind: str, possible: bool) -> None:
    """One word can be added to and repeated; it cannot be cut, shuffled or negated."""
    assert possible == any(damage("面霜", "Moisturizer", kind, Random(seed), EMPTY) for seed in range(5))  # noqa: S311


def test_no_number_none_changed() -> None:
    """A text without a number has none that could change."""
    assert damage("很好", "It is very good and soft.", "number", Random(1), POOL) is None  # noqa: S311


PIECES = (*" ,.;:!?()\"'’", " and ", "with ", "One ", "12", "not ", "Beijing ")


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(list(KINDS)),
    st.text(max_size=60) | st.sampled_from([source for source, _ in PAIRS]),
    st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.integers(0, 99),
)  # fmt: skip
def test_any_text(kind: str, source: str, target: str, seed: int) -> None:
    """Whatever the text, nothing is raised, and what comes back differs, is not blank, and brings no Chinese in."""
    made = damage(source, target, kind, Random(seed), POOL)  # noqa: S311
    assert made is None or (made.strip() and plain(made) != plain(target))
    if made and kind != "untranslated":
        assert set(HAN.findall(made)) <= set(HAN.findall(target))


@pytest.mark.parametrize("kind", KINDS)
def test_long_texts(kind: str) -> None:
    """A field of a hundred thousand characters is damaged as well."""
    source, target = (" ".join(part) for part in zip(*(PAIRS * 100), strict=True))
    assert kind == "unrelated" or damage(source, target, kind, Random(3), POOL)  # noqa: S311
    assert damage("", "1" * 100_000, "number", Random(3), EMPTY) is None  # noqa: S311
    assert damage("中" * 100_000, "a" * 100_000, kind, Random(3), EMPTY) is None or kind in (  # noqa: S311
        "untranslated", "repetition", "addition",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part", "wanted"),
    [
        ("Soft, light and warm, it dries fast.", "Soft, ", "Light and warm, it dries fast."),
        ("It is soft, and it dries fast.", "It is soft", "It dries fast."),
        ("It is soft, and it dries fast.", "and it dries fast", "It is soft."),
        ("One. Two is here, three is there. Four.", "Two is here", "One. Three is there. Four."),
        ("It is soft; warm in winter, and cheap!", "warm in winter", "It is soft, and cheap!"),
        ("soft, iPhone", "soft", "iPhone"),
    ],
)
def test_cut(text: str, part: str, wanted: str) -> None:
    """A seam has one mark at most, and a sentence its capital."""
    start = text.index(part)
    assert wanted == cut(text, start, start + len(part))


def test_seams() -> None:
    """Sentences keep their stops and clauses have none; numbers, times and abbreviations are not torn apart."""
    text = "It costs 1,000.50 at 12:30, e.g. today. He said: fine!"
    assert ["It costs 1,000.50 at 12:30, e.g. today.", "He said: fine!"] == [text[a:b] for a, b in sentences(text)]
    assert ["It costs 1,000.50 at 12:30", "e.g. today", "He said", "fine"] == [text[a:b] for a, b in clauses(text)]
    assert (True, False) == (is_title("Thick Wool Scarf Unisex"), is_title("It is the best of them"))
    cream = "This cream suits dry skin with a light scent in winter."
    assert "with a light scent" in [cream[a:b] for a, b in phrases(cream)]


def test_pool() -> None:
    """Names, nouns and clauses are found by shape; texts with Chinese in them give nothing."""
    pool = gather((*PAIRS, ("源", "The 面膜 store in Guilin has masks, and the clerk of the Guilin store is kind")))
    assert ("Wuhan" in pool.names["title-1"], "Guilin" in pool.names["title-1"]) == (True, False)
    assert ("title-2", "upper-1-digit") == (name_shape("Li Hua"), name_shape("B52"))
    assert ("plural-consonant", "single-vowel") == (noun_shape("chips"), noun_shape("umbrella"))
    assert "store" in pool.nouns["single-consonant"]
    assert list(pool.lengths) == sorted(pool.lengths)
    low, high = near_length(pool, 16)
    assert all(12 <= length <= 20 for length in pool.lengths[low:high])
    text = "Then Li Hua’s shop in Suzhou closed."
    assert ["Li Hua", "Suzhou"] == [text[start:end] for start, end in find_names(text)]
    assert isinstance(Case("", "", pool).pool, Pool)
    assert set(KINDS) > TRAINING_ONLY


@pytest.mark.shared
def test_wmt22_lines() -> None:
    """On real shop lines every kind applies to as many as can bear it."""
    if not (shared_folder() / Path("wmt22-zh-en")).is_dir():
        pytest.skip("shared data absent")
    pairs = [(text.source, text.references[0]) for text in read_wmt22(shared_folder())]
    made = Counter(item.kind for item in generate(pairs, list(KINDS), 1))
    for kind in KINDS:
        assert made[kind] >= len(pairs) * (0.2 if kind == "number" else 0.75), kind
