"""Protecting: masks, tokens and their way back, and what an engine is shown of a request."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.protect import (
    TOKEN,
    Rendering,
    Restored,
    demands,
    hide,
    protect,
    render,
    restore,
    reveal,
    token,
)
from shopglot.types import Mask, Quantity, Request, TermMatch

NASTY = [
    "防晒霜", "好", "\U00020000", "かな", "Hello", "SPF50+", "3.5", "a", "，", "。", "(", ")", "（", "）", "[",
    "]", "【", "】", "［", "］", "1", "０", "ZQ1", "zq2", "ZX", "ZX12", "QX001234", "Z", "Q", "[[1]]", "<",
    ">", "<p>", "</p>", "<b>", "</b>", "<br/>", '<a href="x>y">', "<!-- 注 -->", "<script>", "</script>",
    "&nbsp;", "&amp;", "&#39;", "&", "https://a.cn/b?c=[1]", "www.x.com", "a@b.com", "@小红书", "{name}",
    "{{x}}", "${x}", "%s", "%1$s", "[[x]]", "KJ-2024X", "80-95kg", "👩‍👩‍👧", "1️⃣", "🇭🇰", "❤️", "\u200d",
    "\ufe0f", "\u0301", "(^_^)", "（￣▽￣）", " ", "\u3000", "\u00a0", "\n", "\t", "\x00", "\x1c", "\ufeff",
    "\u200b", "\ud83d", "\ude00",
    "#显瘦穿搭[话题]#", "#平价#", "#百搭", "#", "＃", "[话题]#", "[超话]", "#fff", "#01", "{店铺名}", "{% if x %}",
    "{%",
    "<%= x %>", "[b]", "[/b]", '[gallery id="1"]', "[笑哭R]", "[微笑]", "__NAME__", "__", "{n, plural, one {# {m}}}",
    "￥a1B2c3D4e5F￥", "@小红薯123", "https://a.cn/商品/1", "KX2000A", "货号A1234B", "T_T", "＜", "<RMB 3",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(NASTY), max_size=30).map("".join),
    st.lists(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=30).map("".join),
)
HOSTILE = [
    "<", "<a ", "<!--", '<a "', "[", "[1", "[1]", "(", "（^", "(_", "{{", "%(", "@", "@a", "a@", "a.", "a-",
    "1-", "A1_", "www.", "https://", "&", "&#", " ", "\x00", "\ud83d", "👩‍👩‍👧", "1️⃣", "<b>好</b>",
    "KJ-2024X ", "\u200d",
    "{", "}", "#", "[", "#a", "#好#", "#好[话题]", "[话题]", "{a,plural,", "{a,plural,{b", "{a,select,{}", "__", "__a",
    "%", "%1", "[aa b=", "[/aa]", "[aa]", "<%", "{%", "@小红薯", "￥a1", "(a1B", "货号", "货号A1", "a://", "/好", "=好",
    "T_", "^_", "{{#", "＜", "<a,",
]  # fmt: skip


def request_for(source: str, *, terms: tuple[TermMatch, ...] = (), quantities: tuple[Quantity, ...] = ()) -> Request:
    """Return a request with the masks that `protect` finds in HTML."""
    masks = protect(source, markup=True)
    return Request(source=source, field="description", style="prose", masks=masks, terms=terms, quantities=quantities)


def term(source: str, text: str, target: str, *, enforce: bool = True) -> TermMatch:
    """Return the match of `text` at its first place in `source`."""
    start = source.index(text)
    return TermMatch(start=start, end=start + len(text), source=text, target=target, enforce=enforce)


def quantity(source: str, text: str, target: str) -> Quantity:
    """Return the quantity `text` at its first place in `source`."""
    start = source.index(text)
    return Quantity(
        start=start, end=start + len(text), text=text, kind="length", low="60", high="60", unit="cm", target=target
    )


def found(source: str, *, markup: bool = False) -> list[tuple[str, str]]:
    """Return the kinds and texts of the masks of a source."""
    return [(mask.kind, mask.text) for mask in protect(source, markup=markup)]


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.booleans())
def test_masks_are_exact_sorted_and_apart(source: str, markup: bool) -> None:
    """A mask's text is the slice that it names, none is empty, and none overlaps the next."""
    masks = protect(source, markup=markup)
    assert all(mask.text == source[mask.start : mask.end] and mask.text for mask in masks)
    assert all(left.end <= right.start for left, right in pairwise(masks))


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.booleans())
def test_reveal_undoes_hide(source: str, markup: bool) -> None:
    """What is hidden comes back byte for byte, whatever the text is, and nothing counts as lost."""
    masks = protect(source, markup=markup)
    assert Restored(source) == reveal(hide(source, masks), masks)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_only_tokens_of_masks_are_in_a_hidden_text(source: str) -> None:
    """A hidden text has the tokens 1 to n in order, and nothing else that could be read as one."""
    masks = protect(source, markup=True)
    assert [token(n) for n in range(1, len(masks) + 1)] == [m.group() for m in TOKEN.finditer(hide(source, masks))]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_reveal_reads_what_engines_make_of_a_token(source: str) -> None:
    """A token in lower case does not lose a mask."""
    masks = protect(source, markup=True)
    text = TOKEN.sub(lambda match: match[0].lower(), hide(source, masks))
    assert Restored(source) == reveal(text, masks)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_restore_undoes_render(source: str) -> None:
    """Without terms and quantities a rendered body that comes back unchanged restores to the source."""
    request = request_for(source)
    rendering = render(request)
    assert Restored(source) == restore(request, rendering.body)
    assert rendering.body == rendering.body.strip()


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_are_protected_in_linear_work(unit: str) -> None:
    """100 kB of any unit that invites backtracking is done (quadratic work would take minutes) and comes back."""
    source = "好" + unit * (100_000 // len(unit)) + "好"
    request = request_for(source)
    assert Restored(source) == restore(request, render(request).body)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<b class="x">好</b>', [("tag", '<b class="x">'), ("tag", "</b>")]),
        ("A&nbsp;B&#39;C&amp;D", [("entity", "&nbsp;"), ("entity", "&#39;"), ("entity", "&amp;")]),
        ("见https://a.cn/b?c=1。好", [("url", "https://a.cn/b?c=1")]),
        ("见(www.a.com/b)或taobao.com", [("url", "www.a.com/b"), ("url", "taobao.com")]),
        ("发a.b@c.com。", [("email", "a.b@c.com")]),
        (
            "{name}{{x}}${y}%s%(z)s%1$s[[w]]",
            [("placeholder", one) for one in ("{name}", "{{x}}", "${y}", "%s", "%(z)s", "%1$s", "[[w]]")],
        ),
        ("找@小红书官方 或@abc_1，", [("mention", "@小红书官方"), ("mention", "@abc_1")]),
        ("型号KJ-2024X和WH_1000", [("sku", "KJ-2024X"), ("sku", "WH_1000")]),
        ("好👩‍👩‍👧👍🏽1️⃣🇭🇰❤️好", [("emoji", "👩‍👩‍👧👍🏽1️⃣🇭🇰❤️")]),
        ("好(^_^)和（￣▽￣）", [("emoji", "(^_^)"), ("emoji", "（￣▽￣）")]),
        (
            "{店铺名}{用户昵称}{ n }{p:.2f}{}#{x}%{y}{{ 名称 | upcase }}{{{z}}}%-5d%.2f%NAME%__NAME__<%= a > b %>",
            [
                ("placeholder", one)
                for one in (
                    "{店铺名}", "{用户昵称}", "{ n }", "{p:.2f}", "{}", "#{x}", "%{y}", "{{ 名称 | upcase }}",
                    "{{{z}}}",
                    "%-5d", "%.2f", "%NAME%", "__NAME__", "<%= a > b %>",
                )
            ],
        ),
        (
            "{n, plural, one {# 件} other {{n} 件}}{g,select,a{好}}",
            [("placeholder", "{n, plural, one {# 件} other {{n} 件}}"), ("placeholder", "{g,select,a{好}}")],
        ),
        (
            '[gallery id="1" x=2]好[caption]妙[/caption][add_to_cart]',
            [
                ("placeholder", one)
                for one in ('[gallery id="1" x=2]', "[caption]", "[/caption]", "[add_to_cart]")
            ],
        ),
        ("好[笑哭R]妙[微笑][doge]", [("emoji", "[笑哭R]"), ("emoji", "[微笑]"), ("emoji", "[doge]")]),
        ("好T_T ╮(╯▽╰)╭", [("emoji", "T_T"), ("emoji", "╮(╯▽╰)╭")]),
        ("好🏴󠁧󠁢󠁳󠁣󠁴󠁿妙❤️‍🔥", [("emoji", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"), ("emoji", "❤️‍🔥")]),
        ("货号A1234B，型号：207，SKU 88-A12", [("sku", "A1234B"), ("sku", "207"), ("sku", "88-A12")]),
        ("KX2000A和ABC-1234配C18212", [("sku", "KX2000A"), ("sku", "ABC-1234"), ("sku", "C18212")]),
        ("复制￥a1B2c3D4e5F￥或(a1B2c3D4e5F)", [("sku", "￥a1B2c3D4e5F￥"), ("sku", "(a1B2c3D4e5F)")]),
        (
            "见https://a.cn/商品/1购，https://a.cn/点击，taobao://x.y/1好",
            [("url", "https://a.cn/商品/1"), ("url", "https://a.cn/"), ("url", "taobao://x.y/1")],
        ),
        (
            "@小红薯123快来 @小红薯5F3A2B1C很 @美妆博主Lily_2024 好",
            [("mention", one) for one in ("@小红薯123", "@小红薯5F3A2B1C", "@美妆博主Lily_2024")],
        ),
        ('<img alt="中文" title=\'a>b\'>好', [("tag", '<img alt="中文" title=\'a>b\'>')]),
        ("好\x00\ud83d妙", [("code", "\x00\ud83d")]),
        ("见ZQ1和zx12", [("code", "ZQ1"), ("code", "zx12")]),
    ],
)  # fmt: skip
def test_opaque_texts_are_masked(source: str, expected: list[tuple[str, str]]) -> None:
    """Each kind of opaque text is found whole, without the punctuation behind it."""
    assert expected == found(source, markup=True)


@pytest.mark.parametrize(
    "source",
    [
        "5000mAh", "96cm", "SPF50+", "Type-C", "304不锈钢", "80-95kg", "100-240V-50Hz", "3-in-1", "SK-II75ml",
        "0.5-1.5L", "Wi-Fi6", "100%sale", "5件@99元", "{现货}", "（超好用）", "(1/2)", "（50+）", "价格<3元",
        "a<b and c>d", "AT&T", "[礼物]", "U.S.A", "12:30", "#防晒",
        "[正品]", "【赞】", "[new]", "[xxl]", "{国内专柜}", "{买两本包邮bf正版}", "颜色:red", "$99", "____", "AW2023",
        "L1200",
        "RMB3250", "SPF50", "型号齐全", "型号：30ml", "iPhone15", "¥99¥", "(Beautiful)", "50%d",
    ],
)  # fmt: skip
def test_ordinary_texts_are_not_masked(source: str) -> None:
    """What an engine can read and copy stays in its sight."""
    assert [] == found(source, markup=True)


def test_markup_is_masked_only_where_it_is_markup() -> None:
    """In a plain text `<b>` and `&nbsp;` are what the shopper reads."""
    assert [] == found("<b>好</b>&nbsp;")


def test_a_repeated_token_counts_once() -> None:
    """The first occurrence is the mask; later ones and tokens of no mask are dropped with one of their spaces."""
    masks = protect("见{x}好")
    assert Restored("See {x} and good") == reveal("See ZQ1 and ZQ1 good ZQ7".removesuffix(" ZQ7"), masks)
    assert Restored("See {x} now") == reveal("See ZQ1 ZQ7 now", masks)


def test_a_missing_token_is_lost() -> None:
    """The masks that did not come back are named, in order."""
    masks = protect("{a}好{b}妙{c}")
    assert Restored("good {b}", (masks[0], masks[2])) == reveal("good ZQ2", masks)


def test_a_bracketed_year_is_no_token() -> None:
    """A number that no engine would make up as a token stays text."""
    assert Restored("New [2024] {x}") == reveal("New [2024] ZQ1", protect("新（2024）{x}"))


def test_edges_are_kept_from_the_engine() -> None:
    """Masks and white space at the two ends are peeled; tokens count from 1 inside."""
    source = "<b> 💕适合<i>敏感肌</i>使用，见{x} </b>"
    assert Rendering("<b> 💕", "适合ZQ1敏感肌ZQ2使用，见", "{x} </b>") == render(request_for(source))


def test_a_request_of_masks_alone_has_no_body() -> None:
    """Where nothing is left to translate the body is empty, and restores."""
    request = request_for(" <b>{x}</b> ")
    assert "" == render(request).body
    assert Restored(" <b>{x}</b> ") == restore(request, "")


def test_terms_and_quantities_are_written_in_place() -> None:
    """Enforced terms and prescribed quantities are shown in their target form, set apart from words beside them."""
    source = "珍珠白面霜高60cm，显白很好"
    request = request_for(
        source,
        terms=(
            term(source, "珍珠白", "Pearl White"),
            term(source, "面霜", "cream"),
            term(source, "显白", "brightening", enforce=False),
        ),
        quantities=(quantity(source, "60cm", "60 cm (23.6 in)"),),
    )
    assert "Pearl White cream 高 60 cm (23.6 in)，显白很好" == render(request).body


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("睡30天，省12.5%，型号A7和R2D2", ("30", "12.5%")),
        ("1:1原单 3/4袖 20.", ("1:1", "3/4", "20")),
        ("柔软的面料", ()), ("", ()), ("3片3片", ("3",)), ("厚<b>3</b>片", (token(1), token(2), "3")),
    ],
)  # fmt: skip
def test_numbers_are_demanded(source: str, wanted: tuple[str, ...]) -> None:
    """Those that stand by themselves, each once; names that hold a digit are none."""
    assert wanted == demands(request_for(source))


def test_what_a_term_says_is_demanded_once() -> None:
    """Numbers of a term or a quantity are demanded with it; what is only suggested is not."""
    source = "第2件半价和2盒"
    terms = (term(source, "第2件半价", "2nd item half off"), term(source, "和", "and", enforce=False))
    assert ("2nd item half off", "2") == demands(request_for(source, terms=terms))


@given(TEXTS)
def test_demands_stand_in_the_body(source: str) -> None:
    """Whatever is demanded is shown to the engine, each once."""
    request = request_for(source)
    wanted = demands(request)
    assert len(wanted) == len(set(wanted))
    assert all(text and text in render(request).body for text in wanted)


def test_chinese_terms_get_no_spaces() -> None:
    """A Chinese target stands in a Chinese sentence as its source did."""
    source = "看视频5次"
    assert "看影片5次" == render(request_for(source, terms=(term(source, "视频", "影片"),))).body.replace(" ", "")
    assert "好看影片吧" == render(request_for("好看视频吧", terms=(term("好看视频吧", "视频", "影片"),))).body


def test_masks_win_over_terms_and_terms_over_quantities() -> None:
    """Nothing is written over a mask, and no text is replaced twice."""
    source = "用KJ-2024X净化器60cm"
    request = request_for(
        source,
        terms=(term(source, "X净化器", "X purifier"), term(source, "器60", "sixty"), term(source, "60cm", "2 ft")),
        quantities=(quantity(source, "60cm", "60 cm"), quantity(source, "净化", "60 cm")),
    )
    assert "用ZQ1 60 cm sixty cm" == render(request).body


def test_terms_without_a_target_stay_as_written() -> None:
    """An empty target prescribes nothing."""
    source = "雅诗兰黛60cm"
    request = request_for(source, terms=(term(source, "雅诗兰黛", ""),), quantities=(quantity(source, "60cm", ""),))
    assert source == render(request).body


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        ("适合<b>敏感肌</b>使用", "forZQ1sensitive skinZQ2use", "for <b>sensitive skin</b> use"),
        ("适合<b>敏感肌</b>使用", "for ZQ1 sensitive skin ZQ2 use", "for <b>sensitive skin</b> use"),
        ("适合<b>敏感肌</b>使用", "forZQ1 sensitive skin ZQ2use", "for <b>sensitive skin</b> use"),
        ("好<b><i>妙</i></b>用", "soZQ1ZQ2goodZQ3ZQ4use", "so <b><i>good</i></b> use"),
        ("KJ-2024X净化器💕", "purifier", "KJ-2024X purifier 💕"),
        ("用KJ-2024X净化", "useZQ1purifier", "use KJ-2024X purifier"),
        ("用KJ-2024X净化", "使用ZQ1淨化", "使用KJ-2024X淨化"),
        ("a<b>b</b>c好", "aZQ1bZQ2c good", "a<b>b</b>c good"),
        ("好&nbsp;妙", "goodZQ1fine", "good&nbsp;fine"),
        ("见{x}。", "  SeeZQ1. ", "See {x}."),
    ],
)
def test_spaces_are_set_where_latin_words_need_them(source: str, answer: str, expected: str) -> None:
    """Beside a mask a Latin word gets the space that Chinese does not write; a Chinese one gets none."""
    assert Restored(expected) == restore(request_for(source), answer)


def test_restore_names_what_is_lost() -> None:
    """A mask at an edge cannot be lost; one inside the body can."""
    request = request_for("💕见{x}好")
    lost = Mask(start=2, end=5, text="{x}", kind="placeholder")
    assert Restored("💕 See it", (lost,)) == restore(request, "See it")


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        ("价格<3元", "Price <RMB 3", "Price < RMB 3"),
        ("长<宽，宽</高", "Length <width, width </height", "Length < width, width < /height"),
        ("a<b 好", "a<b good <c", "a<b good < c"),
        ("好", "<b>good", "<b>good"),
    ],
)
def test_a_comparison_does_not_become_a_tag(source: str, answer: str, expected: str) -> None:
    """A `<` that an answer sets before a letter gets a space; what the source has stays, a tag is left to the check."""
    assert Restored(expected) == restore(request_for(source), answer)
