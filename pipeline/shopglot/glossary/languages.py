"""Which language codes of a file are a market's: what merchants write, and what the market reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SOURCE = "zh-Hans"
_SOURCES = ("zh-hans", "zh-hans-cn", "zh-cn", "zh-sg", "zh")
_TARGETS: Mapping[str, tuple[str, ...]] = {
    "us": ("en-us", "en"),
    "hk": ("zh-hant-hk", "zh-hk", "zh-hant"),
    "mo": ("zh-hant-mo", "zh-mo", "zh-hant-hk", "zh-hk", "zh-hant"),
    "tw": ("zh-hant-tw", "zh-tw", "zh-hant"),
}
_TAGS: Mapping[str, str] = {"us": "en-US", "hk": "zh-Hant-HK", "mo": "zh-Hant-MO", "tw": "zh-Hant-TW"}


def target_tag(market: str) -> str:
    """Return the BCP 47 tag of what a market reads, as export writes it."""
    return _TAGS[market]


def pick_source(codes: Iterable[str]) -> str | None:
    """Return the code that stands for Simplified Chinese, the most exact one; None where there is none."""
    return _pick(codes, _SOURCES)


def pick_target(codes: Iterable[str], market: str) -> str | None:
    """Return the code that stands for what a market reads, the most exact one; None where there is none."""
    codes = list(codes)
    exact = _pick(codes, _TARGETS[market])
    if exact is None and market == "us":  # English of elsewhere is better than none
        return next((code for code in codes if _plain(code).startswith("en-")), None)
    return exact


def _pick(codes: Iterable[str], wanted: tuple[str, ...]) -> str | None:
    by_plain = {_plain(code): code for code in codes}
    return next((by_plain[code] for code in wanted if code in by_plain), None)


def _plain(code: str) -> str:
    return code.replace("_", "-").casefold()
