"""The report's own sentences: headings, what each part means, and the closing words. Plain and polite Chinese."""

from __future__ import annotations

from shopglot.report.records import MarketReport, PageReport, Report, State
from shopglot.types import Severity

TITLE = "商品页出海报告"
WAY_OUT, SUGGESTION, BASIS, RULE = "建议", "当地语言", "依据", "规则编号"
NOTICE = (
    "本报告由系统按各市场的规则自动生成，供您修改商品页时参考，不是法律意见。所列法规以官方文本为准；"
    "拿不准的地方，请咨询当地的专业人士。"
)
COUNTED = "每个商品页在一个市场里只算一次，各行相加等于合计；读不出来的数据行各算一个。"
NOTHING = "没有需要您处理的商品页。"
EMPTY = "目前没有您的商品页。"

STATES: dict[State, str] = {
    "on-sale": "在售",
    "refused": "被拒绝，没有上架",
    "taken-down": "已撤下",
    "failed": "数据读不出来",
    "unsuitable": "没有可用的中文内容",
    "held": "暂缓上架，请您修改",
    "waiting": "等待译员或下一次处理",
    "paused": "您已暂停",
    "not-offered": "您没有选择销售",
    "gone": "已不在商品目录里",
    "pending": "还没有处理",
}
SEVERITIES: dict[Severity, str] = {"error": "必须修改", "warning": "需要确认", "info": "提示"}
ALWAYS: tuple[State, ...] = ("on-sale", "refused", "taken-down", "failed", "held", "waiting", "paused")

REFUSED = (
    "这些商品页里有这个市场不允许的内容，所以没有上架。请按每一条的建议修改，再照常提交商品目录："
    "下一次处理时会自动重新检查，没有问题就会上架。"
)
TAKEN_DOWN = (
    "这些商品页原来在售，后来发现里面有这个市场不允许的内容，已经撤下。请按建议修改：改好以后，"
    "下一次处理时会自动重新检查并恢复上架，不用另外申请。"
)
FAILED = "这些数据行的格式有误，系统读不出商品内容。请按说明改正，再重新提交商品目录。"
UNSUITABLE = "这些商品页没有系统能处理的文字，请按说明补充。"
HELD = (
    "这些商品页里有需要确认的内容，译员看过才能上架。您按建议修改以后，下一次处理时会自动重新检查；"
    "不修改的，由译员决定能不能上架。"
)
TOLD = "译员留言"
SHARED = "下面的问题在多个商品页里都有，建议和依据统一写在这里；后面的商品页只列出原因和词句的位置。"
QUIET = "以下各项不需要您做什么，供您了解。"
ADVICE = "这些提示不影响上架，改了会让海外顾客读起来更清楚。"
REWRITTEN = "原文里的这些话在当地不适用，译文已按规则换成稳妥的说法，页面照常上架，您的原文没有改动。"


def rows(report: Report) -> list[tuple[str, list[int]]]:
    """Return the overview: each state with its count in every market; the sum comes last."""
    found: list[tuple[str, list[int]]] = []
    for state, name in STATES.items():
        counts = [market.counts[state] for market in report.markets]
        if state in ALWAYS or any(counts):
            found.append((name, counts))
    found.append(("合计", [market.known for market in report.markets]))
    return found


def visible(market: MarketReport) -> str:
    """Return how many pages shoppers can see."""
    older = f"，其中 {market.older} 个显示的还是修改前的版本" if market.older else ""
    return f"{market.name}的顾客现在能看到 {market.visible} 个商品页{older}。"


def dated(report: Report) -> str:
    """Return when the newest run was."""
    if not report.run_at:
        return "还没有处理过"
    return f"最近一次处理：{report.run_at}（北京时间）{'' if report.finished else '，尚未完成'}"


def notes(page: PageReport) -> list[str]:
    """Return what else is to be said of a page."""
    found = []
    if page.since:
        found.append(f"{page.since}撤下。")
    if page.still_on_sale:
        found.append("修改前的版本仍在售。")
    if page.waits:
        found.append("另有几处译文由译员核对，不用您处理。")
    return found
