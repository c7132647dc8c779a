"""Is a claim denied where it stands? "not intended to treat", 不能代替药物, “三天瘦十斤”都是骗人的."""

from __future__ import annotations

import re

_REACH = 80
_BEHIND = 24
# What turns a claim that follows it in the same clause into a disclaimer.
_BEFORE = re.compile(
    r"(?:非(?:用于|作为)|不(?:用于|作为|具|属于|代替|替代|宣称|声称|承诺|支持|提供|是|会|做|卖|售|搞|玩)|并非|绝非|没有|没(?:加|添加|做)|禁止|严禁"
    r"|拒绝|杜绝|抵制|远离|请勿|切勿|警惕|谨防|小心|别信|别再信|别(?:指望|以为|想着|期待)|不要相信|不指望|举报|不含(?:任何)?$|无(?:任何)?$"
    r"|不(?:可|能|得)(?!不|错过|少|缺|思议|多得))[^,。!?;、\n]{0,8}$"
    r"|不(?:具有?|供作?|可?用于|能用于)[^,。!?;\n]{0,16}$"
    r"|(?<![要忍受停用])不$"
    r"|(?:^|[^a-z])(?:not (?:intended|meant|designed|claimed|a substitute)|(?:does|do) not (?:claim|replace))(?![a-z])"
    r"[^.!?;\n]{0,60}$"
    # Behind any other denial a comma begins something new: "if it won't help, it cures for free".
    r"|(?:^|[^a-z])(?:not(?! only)|no(?! more| other| longer)|never|cannot|without(?! a single)|beware of"
    r"|(?:is|are|does|do|can|wo|was)n't|nor|non)(?![a-z])[^,.!?;\n]{0,60}$"
)
# What takes a claim back behind it.
_AFTER = re.compile(
    r"[^,。!?;\n]{0,6}(?:(?:都|全)?是(?:骗人|假|谣言|虚假|智商税)|(?:都|统统)?不可信|(?:必究|包赔)$"
    r"|(?:类|等)?(?:商品|产品|内容|言论|信息)?(?:一律)?(?:禁止|不予|谢绝|勿扰))"
    r"|[^.!?;\n]{0,20}(?:is a (?:scam|myth|lie)|are (?:scams|myths|lies)|are prohibited|is prohibited)"
)


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether what stands at `text[start:end]` of a plain view is denied by the clause that it stands in."""
    before = text[max(0, start - _REACH) : start]
    return bool(_BEFORE.search(before) or _AFTER.match(text[end : end + _BEHIND]))
