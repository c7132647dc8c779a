"""The rules as data: every rule's own examples, what every rule must carry, and what loading refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shopglot.errors import DataError
from shopglot.sensitivity import About, Rule, Screen, load_rules
from shopglot.sensitivity.linting import lint_phrases
from shopglot.sensitivity.patterns import PREFIX, alternatives, compile_expression, hints
from shopglot.sensitivity.phrases import load_lexicon
from shopglot.sensitivity.plain import fold, view
from shopglot.sensitivity.rules import Example
from shopglot.types import Side

GLOSSARIES = Path(__file__).parents[2] / "glossaries"
MARKETS = ("us", "hk", "mo", "tw")
RULES = {market: load_rules(GLOSSARIES / market, market, common=GLOSSARIES / "common") for market in MARKETS}
BY_ID = {rule.id: rule for rules in RULES.values() for rule in rules}
# What names another place's law, by market.
FOREIGN = {
    "us": r"\bCap\b|Ordinance|(?<!Public )Law \d|Decree-Law|法",
    "hk": r"U\.S\.C\.|CFR|FTC|FDA|Law \d|Decree-Law|法",
    "mo": r"U\.S\.C\.|CFR|FTC|FDA|\bCap\b|Ordinance|法",
    "tw": r"U\.S\.C\.|CFR|FTC|FDA|\bCap\b|Ordinance|Law \d|Decree-Law",
}
LAW = re.compile(r"U\.S\.C\.|CFR|\bCap\b|Ordinance|Law \d|Decree-Law|\bAct\b|法")

RULE = """
[[rule]]
id = "us.test.word"
category = "test"
severity = "review"
side = "both"
patterns = ["坏词"]
basis = "Custom."
message = "“{words}” is bad."
message_zh = "“{words}”不好。"
suggestion = "good"
suggestion_zh = "换一个词。"
positive = ["坏词一", "坏词二", "坏词三"]
negative = ["一", "二", "三"]
author = "test"
version = 1
"""
COMMON = 'markets = ["us", "hk"]\n'


def sides(rule: Rule) -> tuple[Side, ...]:
    """Return the sides that a rule speaks of."""
    return ("source", "target") if rule.side == "both" else (rule.side,)


@pytest.mark.parametrize(("identity", "side"), [(rule.id, side) for rule in BY_ID.values() for side in sides(rule)])
def test_examples(identity: str, side: Side) -> None:
    """A rule finds something in each of its positive examples and nothing in its negative ones."""
    rule = BY_ID[identity]
    screen = Screen([rule])
    field, category = next(iter(rule.fields), ""), next(iter(rule.categories), "")

    def hit(example: Example) -> bool:
        about = About(field=example.field or field, category=example.category or category, title=example.title)
        return bool(screen.screen(example.text, side=side, about=about))

    positive = [example for example in rule.positive if example.side in (None, "both", side)]
    negative = [example for example in rule.negative if example.side in (None, "both", side)]
    assert positive == [example for example in positive if hit(example)]
    assert [] == [example for example in negative if hit(example)]


def test_phrases() -> None:
    """Named phrases find what their file says that they find, and nothing that it says they do not."""
    assert [] == lint_phrases(load_lexicon(GLOSSARIES / "common"))


def test_number_of_rules() -> None:
    """There are at least 250 rules, and every market has rules of its own."""
    assert len(BY_ID) >= 250
    assert set(MARKETS) | {"common"} == {identity.split(".")[0] for identity in BY_ID}


@pytest.mark.parametrize("market", MARKETS)
def test_ids(market: str) -> None:
    """Within a market ids are unique, and begin with the market or with common."""
    identities = [rule.id for rule in RULES[market]]
    assert sorted(set(identities)) == sorted(identities)
    assert {market, "common"} == {identity.split(".")[0] for identity in identities}


@pytest.mark.parametrize("rule", BY_ID.values(), ids=lambda rule: rule.id)
def test_texts(rule: Rule) -> None:
    """A rule says in English and in Simplified Chinese which words, why, and what to do."""
    assert "{words}" in rule.message
    assert "{words}" in rule.message_zh
    quoted = re.compile("“[^”]*”")  # wording for the target may be quoted in Traditional characters
    for text in (rule.message_zh, rule.suggestion_zh):
        assert re.search("[\u4e00-\u9fff]", text)
        assert [] == [char for char in quoted.sub("", text) if "\u4e00" <= char <= "\u9fff" and fold(char) != char]


@pytest.mark.parametrize("market", MARKETS)
def test_basis_is_of_the_market(market: str) -> None:
    """No rule of a market rests on the law of another place, and none on the mainland's Advertising Law."""
    foreign = re.compile(FOREIGN[market])
    assert [] == [rule.id for rule in RULES[market] if foreign.search(rule.basis)]
    assert [] == [rule.id for rule in RULES[market] if re.search("Advertising Law|广告法|廣告法", rule.basis)]


def test_macau_inherits_no_law() -> None:
    """Macau has none of Hong Kong's rules, and a law that stands behind one of its rules is not Hong Kong's."""
    hong_kong = {rule.id: rule.basis for rule in RULES["hk"]}
    assert [] == [rule.id for rule in RULES["mo"] if rule.id.startswith("hk.")]
    assert [] == [rule.id for rule in RULES["mo"] if LAW.search(rule.basis) and rule.basis == hong_kong.get(rule.id)]


def test_hints_are_needed() -> None:
    """Wherever a regular expression of the rules matches an example, one of its hints stands in the match."""
    missed = []
    for rule in BY_ID.values():
        for pattern in (*rule.patterns, *rule.exceptions):
            if not pattern.startswith(PREFIX):
                continue
            needed = hints(pattern.removeprefix(PREFIX))
            for example in (*rule.positive, *rule.negative):
                for match in compile_expression(pattern.removeprefix(PREFIX)).finditer(view(example.text).text):
                    if needed and not any(hint in match[0] for hint in needed):
                        missed.append((rule.id, pattern, match[0]))
    assert [] == missed


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("治愈(?!系)", ("治愈",)),
        ("(?:抗|防)癌细", ("癌细",)),
        ("(?:抗癌|防癌)药?", ("抗癌", "防癌")),
        ("药?(?:抗癌|防癌)?品", ("品",)),
        ("[一二]天.{0,4}瘦身", ("瘦身",)),
        ("甲|乙", ()),
        (r"\d{2}\.\d", (".",)),
        ("(?:a|b(?:c|d))", ()),
        ("天{0,2}地{2}", ("地",)),
    ],
)
def test_hints(source: str, expected: tuple[str, ...]) -> None:
    """Hints are the most telling strings that no match can do without."""
    assert expected == hints(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [("甲|乙", ["甲", "乙"]), ("(?:甲|乙)丙|[|]丁", ["(?:甲|乙)丙", "[|]丁"]), (r"a\|b", [r"a\|b"]), ("甲", ["甲"])],
)
def test_alternatives(source: str, expected: list[str]) -> None:
    """What stands between bars outside of groups is tried by itself."""
    assert expected == alternatives(source)


def write(folder: Path, market: str, own: str, common: str = COMMON) -> tuple[Rule, ...]:
    """Load rules from files written for the test."""
    for name, text in ((market, own), ("common", common)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "sensitivity.toml").write_text(text, encoding="utf-8")
    return load_rules(folder / market, market, common=folder / "common")


def test_load(tmp_path: Path) -> None:
    """A market has its own rules first, then the common ones that hold there, each with the basis of that market."""
    shared = RULE.replace("us.test.word", "common.a").replace('"Custom."', '{ us = "US law", hk = "HK law" }')
    other = RULE.replace("us.test.word", "common.b").replace("side =", 'markets = ["hk"]\nside =')
    rules = write(tmp_path, "us", RULE, COMMON + shared + other)
    assert ["us.test.word", "common.a"] == [rule.id for rule in rules]
    assert ["Custom.", "US law"] == [rule.basis for rule in rules]


def test_rewrites_by_market(tmp_path: Path) -> None:
    """A shared rule says in each market what that market's page says instead."""
    shared = RULE.replace("us.test.word", "common.a").replace("side =", 'rewrite = { us = "x", hk = "甲" }\nside =')
    assert ["甲"] == [rule.rewrite for rule in write(tmp_path, "hk", "", COMMON + shared)]


def test_goods_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    """Rules on what may be offered are read beside the others, and an id stands in one of the two files."""
    write(tmp_path, "us", "")
    path = tmp_path / "us" / "eligibility.toml"
    path.write_text(RULE.replace("side =", 'scope = "listing"\nneeds = ["甲"]\nside ='), encoding="utf-8")
    [rule] = load_rules(tmp_path / "us", "us", common=tmp_path / "common")
    assert "listing" == rule.scope
    with pytest.raises(DataError, match=re.escape("rule us.test.word: key id: stands in two files")):
        write(tmp_path, "us", RULE)


def test_empty_files_mean_no_rules(tmp_path: Path) -> None:
    """A market without rules of its own is no error."""
    assert () == write(tmp_path, "hk", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "us.test.word"', 'id = "hk.test.word"', "key id: must begin with us."),
        ('id = "us.test.word"', 'id = "us.Test"', "key id: must begin with us."),
        ('side = "both"', 'side = "left"', "key side: must be one of source, target, both"),
        ('severity = "review"', 'severity = "error"', "key severity: must be one of block, review, advise"),
        ('side = "both"', 'side = "both"\nhint = "x"', "key hint: is not known"),
        ('side = "both"', 'side = "both"\nmarkets = ["us"]', "key markets: belongs only into the common file"),
        ('side = "both"', 'side = "both"\nfields = ["titel"]', "key fields: 'titel' is no kind of field"),
        ('side = "both"', 'side = "both"\nnegation = "yes"', "key negation: must be true or false"),
        ('patterns = ["坏词"]', "patterns = []", "key patterns: must not be empty"),
        ('patterns = ["坏词"]', 'patterns = ["坏词", "坏词"]', "key patterns: holds the same text twice"),
        ('patterns = ["坏词"]', 'patterns = ["坏词", ""]', "key patterns: must be a list of texts"),
        ('patterns = ["坏词"]', 'patterns = ["\\u200b"]', "key patterns: '\\u200b' holds nothing that can be seen"),
        ('patterns = ["坏词"]', "patterns = ['re:坏(词']", "key patterns: 're:坏(词' is no regular expression"),
        ('patterns = ["坏词"]', "patterns = ['re:坏.*词']", "may repeat only within bounds"),
        ('patterns = ["坏词"]', "patterns = ['re:坏{2,}词']", "may repeat only within bounds"),
        ('patterns = ["坏词"]', r"patterns = ['re:\bbad']", "takes no \\b"),
        ('patterns = ["坏词"]', "patterns = ['re:Bad']", "write it in lower case"),
        ('patterns = ["坏词"]', "patterns = ['re:坏（词']", "write '(' instead of '（'"),
        ('patterns = ["坏词"]', "patterns = ['re:(?:坏词)?']", "matches the empty text"),
        ('patterns = ["坏词"]', "patterns = ['坏词']\nexceptions = ['re:[']", "key exceptions: 're:[' is no regular"),
        ("“{words}” is bad.", "“{word}” is bad.", "key message: may hold no braces but {words}"),
        ("“{words}”不好。", "", "key message_zh: must be a text that is not empty"),
        ('basis = "Custom."', "", "key basis: must be a text that is not empty"),
        ('basis = "Custom."', 'basis = { us = "x" }', "key basis: must be a text that is not empty"),
        (', "坏词三"]', "]", "key positive: needs at least 3 examples"),
        ('negative = ["一", "二", "三"]', "", "key negative: must not be empty"),
        ("version = 1", "version = 0", "key version: must be a whole number"),
        ('side = "both"', 'side = "both"\nwhen = ["@goods.food"]', "key when: '@goods.food' is no set of phrases"),
        ('side = "both"', 'side = "both"\nscope = "page"', "key scope: must be one of text, listing"),
        ('side = "both"', 'side = "both"\nneeds = ["a"]', "key needs: is asked of a listing"),
        ('side = "both"', 'side = "both"\nscope = "listing"\nrewrite = "a"', "key scope: what goods are is not"),
        ('side = "both"', 'side = "target"\nrewrite = "a"', "key rewrite: takes the place of words of the source"),
        ('side = "both"', 'side = "source"\nreplacements = { a = "b" }', "key replacements: take the place of words"),
        ('side = "both"', 'side = "both"\nreplacements = ["a"]', "key replacements: must be a table of texts"),
        ('side = "both"', 'side = "both"\nreplacements = { a = "b\\nc" }', "must stand on one line"),
        ('side = "both"', 'side = "both"\nrewrite = ""', "key rewrite: must be a text that is not empty"),
        ('side = "both"', 'side = "both"\ndrop = true', "key drop: leaves words out of phrases"),
        ('"review"', '"block"\nrewrite = "a"', "key rewrite: a rule that blocks is never written over"),
        ('["坏词一", ', '[{ text = "a", title = 3 }, ', "key positive: an example is a text, or a table of texts"),
        ('["坏词一", ', '[{ text = "a", titel = "b" }, ', "key positive: an example is a text, or a table of texts"),
        ('["坏词一", ', '[{ title = "a" }, ', "key positive: an example needs a text"),
        ('["坏词一", ', '[{ text = "a", side = "left" }, ', "and its side is source, target or both"),
        ('["坏词一", ', '[{ text = "a", field = "titel" }, ', "key positive: 'titel' is no kind of field"),
        ("version = 1", "version = true", "key version: must be a whole number"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What is wrong in a rule is an error that names the file, the rule and the key."""
    assert old in RULE
    with pytest.raises(DataError, match=re.escape(said)) as caught:
        write(tmp_path, "us", RULE.replace(old, new))
    assert str(tmp_path / "us" / "sensitivity.toml") in str(caught.value)
    assert "rule " in str(caught.value)


@pytest.mark.parametrize(
    ("own", "common", "said"),
    [
        (RULE + RULE, COMMON, "rule us.test.word: key id: stands twice"),
        ("rules = []", COMMON, "key rules: is not known here"),
        ("rule = 1", COMMON, "key rule: write every rule as [[rule]]"),
        ("[[rule", COMMON, "cannot be read as TOML"),
        (RULE, "", "key markets: list the markets that there are"),
        (RULE, 'markets = ["hk"]', "key markets: 'us' is not in it"),
        (RULE, COMMON + RULE, "rule us.test.word: key id: must begin with common."),
    ],
)
def test_refused_files(tmp_path: Path, own: str, common: str, said: str) -> None:
    """What is wrong with a whole file is an error that says what to do."""
    with pytest.raises(DataError, match=re.escape(said)):
        write(tmp_path, "us", own, common)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('markets = ["fr"]\nbasis = "Custom."', "key markets: 'fr' is no market; choose from us, hk"),
        ('basis = { us = "x" }', "key basis: must name one basis for each of us, hk"),
        ('basis = { us = "x", hk = "" }', "key basis: must hold texts that are not empty"),
    ],
)
def test_refused_common(tmp_path: Path, lines: str, said: str) -> None:
    """A shared rule names markets that exist, and one basis for each of them."""
    common = COMMON + RULE.replace("us.test.word", "common.a").replace('basis = "Custom."', lines)
    with pytest.raises(DataError, match=re.escape(said)):
        write(tmp_path, "us", RULE, common)


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is named, and the error says what to do."""
    with pytest.raises(DataError, match=re.escape(f"{tmp_path / 'common' / 'sensitivity.toml'}: there is no such")):
        load_rules(tmp_path / "us", "us", common=tmp_path / "common")


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is refused with its name."""
    write(tmp_path, "us", "")
    (tmp_path / "us" / "sensitivity.toml").write_bytes(b"# \xb2\xe2")
    with pytest.raises(DataError, match="cannot be read as TOML"):
        load_rules(tmp_path / "us", "us", common=tmp_path / "common")
