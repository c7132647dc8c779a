"""Language tags as files write them."""

from __future__ import annotations

import pytest

from shopglot.memory.languages import SOURCE, parse, pick


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("ZH", ("zh", "Hans", "")), ("zh_CN", ("zh", "Hans", "CN")), ("zh-HK", ("zh", "Hant", "HK")),
        ("zh-Hant-HK", ("zh", "Hant", "HK")), ("ZH-HANS-HK", ("zh", "Hans", "HK")), ("cmn-Hant", ("zh", "Hant", "")),
        ("zho-TW", ("zh", "Hant", "TW")), ("en", ("en", "", "")), ("EN-us", ("en", "", "US")),
        ("zh-cmn-Hans-CN", ("zh", "Hans", "CN")), ("en-001", ("en", "", "001")), ("en-x-HK", ("en", "", "")),
        ("eng-US-u-ca-gregory", ("en", "", "US")), ("", ("", "", "")),
    ],
)  # fmt: skip
def test_parse(code: str, tag: tuple[str, str, str]) -> None:
    """Language, script and region, in any writing; the region says the script where the tag does not."""
    assert tag == tuple(parse(code))


@pytest.mark.parametrize(
    ("codes", "wanted", "picked"),
    [
        (["en-GB", "en", "en-US"], ["en-US"], "en-US"),
        (["en-GB", "en"], ["en-US"], "en"),
        (["fr", "en-GB"], ["en-US"], "en-GB"),
        (["fr", "de"], ["en-US"], None),
        (["zh-TW", "zh-HK"], ["zh-Hant-HK"], "zh-HK"),
        (["zh-Hant", "zh-TW"], ["zh-Hant-HK"], "zh-Hant"),
        (["zh-TW", "zh-CN", "zh-Hans-HK"], ["zh-Hant-HK"], None),
        (["zh-HK", "zh-Hant"], ["zh-Hant-MO", "zh-Hant-HK"], "zh-HK"),
        (["zh-HK", "zh-MO"], ["zh-Hant-MO", "zh-Hant-HK"], "zh-MO"),
        (["zh-HK", "zh-SG"], [SOURCE], "zh-SG"),
        (["zh-CN", "zh"], [SOURCE], "zh"),
        (["zh-TW", "en"], [SOURCE], None),
        ([], [SOURCE], None),
    ],
)
def test_pick(codes: list[str], wanted: list[str], picked: str | None) -> None:
    """The script has to agree; the market's region is best, then one it inherits from, then none."""
    assert picked == pick(codes, wanted)
