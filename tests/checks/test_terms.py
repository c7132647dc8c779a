"""Terms in any inflection, names byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from shopglot.checks.terms import check_brands, check_forbidden, check_terms
from shopglot.config import glossary_root
from shopglot.market import load_market
from shopglot.types import Finding, Segment, SegmentKey, TermMatch, Translation

Checker = Callable[..., tuple[Finding, ...]]


def findings(terms: Sequence[TermMatch], target: str, *, market: str = "us", field: str = "title") -> list[Finding]:
    """Return what the checks of this file find in a translation of a text with these terms."""
    source = "".join(term.source for term in terms)
    key = SegmentKey(merchant="", listing="", path="", index=0)
    segment = Segment(key=key, field=field, style="phrase", source=source, terms=tuple(terms))
    translation = Translation(
        source=source, target=target, market=market, model="", origin="machine", unit_key="", machine_key=""
    )
    policy = load_market(glossary_root(), market)
    return [
        finding
        for check in (check_brands, check_terms, check_forbidden)
        for finding in check(segment, translation, policy)
    ]


def term(
    source: str, target: str, *, admitted: tuple[str, ...] = (), forbidden: tuple[str, ...] = (), enforce: bool = True,
    keep: bool = False, brand: bool = False,
) -> TermMatch:  # fmt: skip
    """Return a match at the start of a text."""
    return TermMatch(
        start=0, end=len(source), source=source, target=target, admitted=admitted, forbidden=forbidden,
        enforce=enforce, keep=keep, brand=brand,
    )  # fmt: skip


def ids(found: Sequence[Finding]) -> list[str]:
    """Return the ids of findings."""
    return [finding.check for finding in found]


def test_missing_term_names_the_right_one(checked: Checker) -> None:
    """A missing term is a warning with the form that should be there."""
    (missing,) = [
        f for f in checked("玻尿酸精华", "retinol essence") if f.check == "term.missing" and f.text == "玻尿酸"
    ]
    assert ("warning", "hyaluronic acid") == (missing.severity, missing.suggestion)


def test_changed_brand(checked: Checker) -> None:
    """A brand in another form is an error, also in another case; in its form it is none."""
    assert "brand.changed" in [f.check for f in checked("韩束", "Kensui")]
    assert "brand.changed" in [f.check for f in checked("韩束", "Kans")]
    assert "brand.changed" not in [f.check for f in checked("韩束", "KANS")]


def test_forbidden_form(checked: Checker) -> None:
    """A form that the glossary knows to be wrong is a warning at its place, with the right one."""
    (wrong,) = [f for f in checked("雾霾蓝", "Haze Blue", field="option-value") if f.check == "term.forbidden"]
    assert ("warning", "target", "Haze Blue") == (wrong.severity, wrong.side, wrong.text)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("KANS Sheet Mask", []), ("the KANS mask", []), ("(KANS)", []), ("KANS's mask", []), ("#KANSSheetMask", []),
        ("Kans mask", ["brand.changed"]), ("KANSAS mask", ["brand.changed"]), ("xKANS", ["brand.changed"]),
        ("", ["brand.changed"]), ("KANSAS, the KANS of the west", []),
    ],
)  # fmt: skip
def test_name_stands_exactly(target: str, expected: list[str]) -> None:
    """A name is there byte for byte; in a longer word it is not, unless a hashtag joins its words."""
    assert expected == ids(findings([term("韩束", "KANS", keep=True, brand=True)], target))


def test_kept_text_is_no_name() -> None:
    """A text of the terms that is kept has an id of its own; each place in the source has its finding."""
    kept = term("王者荣耀", "王者荣耀", keep=True)
    found = findings([kept, kept], "Honor of Kings", market="hk")
    assert ["dnt.changed", "dnt.changed"] == ids(found)
    assert {"error"} == {finding.severity for finding in found}
    assert [] == findings([kept], "玩王者荣耀吧", market="hk")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("lipstick", 0), ("Lipsticks", 0), ("lip color", 0), ("mask", 2),
    ],
)  # fmt: skip
def test_one_occurrence_is_enough(target: str, expected: int) -> None:
    """Two terms with one target are both met by one occurrence, in the right form or an admitted one."""
    terms = [term(source, "lipstick", admitted=("lip color",)) for source in ("口红", "唇膏")]
    assert expected == len(findings(terms, target))


def test_suggested_term_is_not_demanded() -> None:
    """What is only suggested may be missing."""
    assert [] == findings([term("种草", "must-have", enforce=False)], "great")


def test_forbidden_form_inside_a_right_one() -> None:
    """A wrong form is no fault where it is part of what this or another term asks for, and one elsewhere."""
    terms = [term("雾蓝", "dusty haze blue", forbidden=("haze blue", "mask")), term("面膜", "sheet mask")]
    assert [] == findings(terms, "Dusty haze blue sheet mask")
    (wrong,) = findings(terms, "Dusty haze blue sheet mask and mask")
    assert ("term.forbidden", 31, 35, "mask") == (wrong.check, wrong.start, wrong.end, wrong.text)


def test_forbidden_form_is_told_once() -> None:
    """A term that stands in a text often has its wrong form told once."""
    terms = [term("卫衣", "sweatshirt", forbidden=("guard clothes",))] * 5
    assert ["term.forbidden"] == ids(findings(terms, "sweatshirt, guard clothes"))


def test_chinese_markets_write_their_overlay_themselves() -> None:
    """In a Chinese market only names and kept texts are compared."""
    assert [] == findings([term("衬衫", "恤衫")], "別的", market="hk")
