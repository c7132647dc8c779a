"""The words for reasons, fields and all that the queue shows, in each language of the interface."""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from shopglot import review
from shopglot.decide import HOLDS
from shopglot.loading import load_rules_of
from shopglot.market import MARKETS
from shopglot.review.reasons import describe
from shopglot.review.rendering import LANGUAGES, translate
from shopglot.store.schema.desk import STATES
from shopglot.types import Verdict

MESSAGES = Path(review.__file__).parent / "messages"
CHECKS = (  # what may hold a text: the contract's ids, and those that came later
    "term.missing term.forbidden dnt.changed number.changed unit.changed currency.changed brand.changed addition "
    "markup.broken placeholder.lost script.leak script.wrong length.exceeded omission repetition punctuation.width "
    "script.ambiguous"
).split()
FIELDS = (
    "title subtitle bullet description attribute-name attribute-value option-name option-value size-cell hashtag note "
    "alt brand"
).split()


@pytest.mark.parametrize("area", ["queue", "audits", "fields", "reasons"])
def test_languages_say_the_same(area: str) -> None:
    """Each message is there in each language, with the same values to be put in."""
    tables = tomllib.loads((MESSAGES / f"{area}.toml").read_text(encoding="utf-8"))
    assert set(tables) == set(LANGUAGES)
    for key, text in tables["en"].items():
        for language in LANGUAGES:
            assert tables[language].get(key), (language, key)
            assert _values(tables[language][key]) == _values(text), (language, key)
    for language in LANGUAGES:
        assert set(tables[language]) == set(tables["en"])


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_has_a_name(language: str) -> None:
    """Whatever a row can show has words: checks, holds, fields, severities, verdicts, states and markets."""
    keys = [f"reasons.{reason}" for reason in (*CHECKS, *HOLDS)]
    keys += [f"fields.field-{name}" for name in FIELDS]
    keys += [f"fields.severity-{name}" for name in ("error", "warning", "info", "none")]
    keys += [f"fields.verdict-{name}" for name in get_args(Verdict)]
    keys += [f"fields.state-{name}" for name in STATES]
    keys += [f"fields.market-{name}" for name in MARKETS]
    assert [key for key in keys if translate(language, key) == key] == []


@pytest.mark.parametrize("market", MARKETS)
def test_every_rule_is_told(market: str) -> None:
    """A rule is called by its category, and its sentence has no place left open."""

    def known(key: str) -> str | None:
        found = translate("zh-Hans", f"reasons.{key}")
        return None if found == f"reasons.{key}" else found

    for rule in load_rules_of(market):
        words = describe(rule.id, market, known, chinese=True)
        assert words.text != rule.id, rule.category
        assert words.sentence
        assert "{" not in words.sentence, rule.id


def test_unknown_reasons_keep_their_ids() -> None:
    """What has no words is shown as it is called: a check that is new, a rule that was taken out, anything."""
    for reason in ("novel.check", "us.fda.of-yore", "", "{x}", "us.", "<b>"):
        assert describe(reason, "us", lambda _key: None, chinese=False).text == reason
