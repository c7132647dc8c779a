"""The placeholders of shop templates and message catalogs, as one pattern.

Left alone on purpose: `:name` (`颜色:red` is no placeholder), `$name` (`$99`), `【…】`, and what merchants put into
braces to be seen (`{现货}`): a Chinese name in single braces has to end as the names of variables do.
Every alternative is bounded, or cannot be entered again inside itself.
"""

from __future__ import annotations

import re

_NOUNS = (
    "名|称|昵称|姓名|号|号码|编码|价|价格|金额|数|数量|件数|天数|次数|时间|日期|链接|网址|地址|电话|手机|邮箱|标题|内容"
    "|用户|会员|买家|卖家|店铺|商品|商品信息|订单|品牌|型号|规格|颜色|尺码|城市|国家|地区|折扣|优惠券|优惠码|验证码"
    "|物流公司|积分|余额|变量|参数"
)
# {count, plural, one {# item} other {{n} items}}: three levels, each character read once.
_MESSAGE = (
    r"\{\s{0,4}[\w.\-]{1,40}\s{0,4},\s{0,4}"
    r"(?:plural|select|selectordinal|number|date|time|duration|ordinal|spellout|choice|list)(?![A-Za-z])"
    r"(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\})*+\}"
)
_BRACES = (
    r"\{\{\{[^{}\n]{1,120}\}\}\}|\{\{[^{}\n]{1,120}\}\}|\{%(?:[^%\n]|%(?!\})){1,160}+%\}|\{#[^{}#\n]{1,120}#\}"
    r"|[#$@%!]\{[^{}\n]{1,60}\}|\{\$[^{}\n]{1,60}\}"
    r"|\{ {0,2}[A-Za-z0-9_][A-Za-z0-9_.\-\[\]]{0,40}(?:![rsa])?(?:[:|][^{}\n]{0,30})? {0,2}\}|\{\}"
    rf"|\{{[\w.]{{0,12}}?(?:{_NOUNS})\}}|\{{(?=[^{{}}\n]{{0,20}}[._])[\w.]{{1,20}}\}}"
)
_PERCENT = (
    r"%\([A-Za-z_]\w{0,40}\)[+\- 0#]?[0-9.]{0,6}[sdifgxXu]|%[0-9]{1,2}\$[+\-0#]?[0-9.]{0,6}l{0,2}[sdifgxXu@]"
    r"|%(?<![0-9]%)(?:[+\-0#]?[0-9]{0,3}(?:\.[0-9]{1,2})?l{0,2}[sdifxXu@](?![A-Za-z])|[A-Z][A-Z_]{1,30}%)"
)
_WORDPRESS = (
    r"\[/?[a-z][a-z0-9_\-]{1,30}\]"  # a pair, or with an underscore: see `is_shortcode`
    r"|\[[a-z][a-z0-9_\-]{1,30}(?:\s{1,4}[A-Za-z][\w\-]{0,30}=(?:\"[^\"\]\n]{0,120}\"|'[^'\]\n]{0,120}'|[^\s\"'\]]{1,60}))"
    r"{1,10}\s{0,4}/?\]"
)
PLACEHOLDER = (
    rf"{_MESSAGE}|{_BRACES}|\[\[[^\[\]\n]{{1,60}}\]\]|<%(?:[^%\n]|%(?!>)){{1,160}}+%>|{_PERCENT}"
    rf"|__(?<![A-Za-z0-9_]__)(?=[^\W_])(?:[^\W_]|_(?!_)){{1,40}}+__(?![A-Za-z0-9_])|{_WORDPRESS}"
)
_BARE = re.compile(r"\[(/?)([a-z][a-z0-9_\-]{1,30})\]")


def closed_shortcodes(text: str) -> frozenset[str]:
    """Return the names that a closing shortcode of `text` has: `[/caption]`."""
    return frozenset(match[2] for match in _BARE.finditer(text) if match[1]) if "[/" in text else frozenset()


def is_shortcode(found: str, closed: frozenset[str]) -> bool:
    """Tell `[caption]` (where a `[/caption]` is) and `[add_to_cart]` from a word in brackets (`[new]`, `[xxl]`).

    What is no bare word in brackets is a placeholder anyway.
    """
    bare = _BARE.fullmatch(found)
    return bare is None or bool(bare[1]) or "_" in bare[2] or bare[2] in closed
