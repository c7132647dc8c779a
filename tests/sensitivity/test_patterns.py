"""What an expression cannot match without, where its alternatives count with what they begin with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.loading import load_rules_of
from shopglot.market import MARKETS
from shopglot.sensitivity.patterns import PREFIX, alternatives, compile_expression, obligations
from shopglot.sensitivity.plain import view

PIECES = st.sampled_from(
    ("gift", "gifts?", "co[lu]d", "t[.]me", "a", "杯", "杯子?", "(?:x|y)z", "no{2,3}", "so{0,2}n", "(?=q)qu", "不")
)
ALTERNATIVES = st.lists(st.lists(PIECES, min_size=1, max_size=3).map("".join), min_size=1, max_size=3).map("|".join)
EXPRESSIONS = st.tuples(PIECES, ALTERNATIVES, st.sampled_from(("", "?", "{0,2}", "{1,2}")), PIECES).map(
    lambda parts: f"{parts[0]}(?:{parts[1]}){parts[2]}{parts[3]}"
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("(?:gifts?|birthday).{0,9}", (("gift", "birthday"),)),
        ("(?:not|don.t)[^!]{0,9}", (("not", "don"),)),
        ("(?:t[.]me|wa[.]me)", (("t.me", "wa.me"),)),
        ("(?:ab(?:c|d)|ef)", (("ab", "ef"),)),
        ("(?:a|bc)[0-9]", (("a", "bc"),)),  # literals, as before
        ("(?:a?|bc)[0-9]", ()),
        ("(?:a[0-9]|bc)[0-9]", ()),  # one letter is in every text
        ("(?:治[^,]|祛斑)", (("治", "祛斑"),)),
        ("(?:gifts?|birthday)?杯", (("杯",),)),
        ("(?:no{2,3}|so{0,2}n)", ()),
        ("(?:no{2,3}|so{0,2}n)杯", (("杯",),)),
        ("(?:not{2,3}|son{0,2})", (("not", "so"),)),
        ("(?!gifts?)[a-z]", ()),
    ],
)
def test_beginnings(source: str, expected: tuple[tuple[str, ...], ...]) -> None:
    """Each alternative counts with the literals that it cannot do without at its beginning."""
    assert expected == obligations(source, beginnings=True)


@given(EXPRESSIONS, st.text(alphabet="giftscoludt.meaxyznq杯子不", max_size=30))
def test_every_match_has_one_of_each_choice(source: str, text: str) -> None:
    """Whatever matches has a string of every choice: an expression is never wrongly left out."""
    pattern = compile_expression(source)
    for match in pattern.finditer(text):
        assert all(any(one in match[0] for one in choice) for choice in obligations(source, beginnings=True))


def test_rules_need_what_they_are_said_to() -> None:
    """Wherever an expression of the rules matches an example, one string of each of its choices stands in the match."""
    missed = []
    rules = {rule.id: rule for market in MARKETS for rule in load_rules_of(market)}
    for rule in rules.values():
        for pattern in (*rule.patterns, *rule.exceptions):
            if not pattern.startswith(PREFIX):
                continue
            for source in alternatives(pattern.removeprefix(PREFIX)):
                choices = obligations(source, beginnings=True)
                for example in (*rule.positive, *rule.negative):
                    for match in compile_expression(source).finditer(view(example.text).text):
                        if not all(any(one in match[0] for one in choice) for choice in choices):
                            missed.append((rule.id, source, match[0]))
    assert [] == missed


@given(st.text(max_size=500))
def test_a_view_that_was_asked_for_before_is_the_same(text: str) -> None:
    """Long and short, asked once or twice."""
    assert view(text) == view(f"{text} "[:-1])
