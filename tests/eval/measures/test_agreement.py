"""The share of people who agree with a difference: against the published table."""

from __future__ import annotations

import pytest

from shopglot_eval.measures.agreement import KNOWN, Agreement, agree, needed

# Table 1 of Kocmi et al. 2024: the difference that each share of judgements needs, None where none is enough.
TABLE: dict[str, dict[float, float | None]] = {
    "bleu": {0.5: 0.27, 0.6: 0.78, 0.7: 1.39, 0.8: 2.34, 0.85: 3.35, 0.9: None, 0.95: None},
    "chrf": {0.5: 0.14, 0.6: 0.54, 0.7: 1.00, 0.8: 1.63, 0.85: 2.12, 0.9: 3.05, 0.95: None},
    "comet22": {0.5: 0.03, 0.6: 0.18, 0.7: 0.35, 0.8: 0.56, 0.85: 0.71, 0.9: 0.94, 0.95: 1.53},
    "cometkiwi22": {0.5: 0.01, 0.6: 0.16, 0.7: 0.33, 0.8: 0.53, 0.85: 0.67, 0.9: 0.85, 0.95: 1.18},
    "xcomet-xxl": {0.5: 0.02, 0.6: 0.37, 0.7: 0.76, 0.8: 1.24, 0.85: 1.55, 0.9: 1.99, 0.95: 2.74},
    "xcomet-xl": {0.5: 0.05, 0.6: 0.34, 0.7: 0.67, 0.8: 1.08, 0.85: 1.37, 0.9: 1.80, 0.95: 2.82},
}


def test_table_is_whole() -> None:
    """Every metric with a figure is in the published table."""
    assert set(TABLE) == set(KNOWN)


@pytest.mark.parametrize("measure", KNOWN)
def test_published_thresholds(measure: str) -> None:
    """The differences needed are those of the table, to its two digits, and lead back to the share."""
    for share, difference in TABLE[measure].items():
        found = needed(measure, share)
        if difference is None:
            assert found is None
        else:
            assert found is not None
            assert difference == pytest.approx(found, abs=0.0051)
            agreement = agree(measure, -found)
            assert agreement is not None
            assert share == pytest.approx(agreement.share)


def test_published_example() -> None:
    """One point of BLEU: 63.989 %, as the authors' tool says."""
    agreement = agree("bleu", 1.0)
    assert agreement is not None
    assert 0.63989 == pytest.approx(agreement.share, abs=5e-6)
    assert "64%" == agreement.words


def test_small_differences_are_a_coin_toss() -> None:
    """Below the size at which half agree, nobody knows; a huge difference gets the most there is."""
    assert Agreement(share=0.5, limit=0.8833333333333225) == agree("bleu", 0.0)
    small, huge = agree("chrf", 0.1), agree("chrf", 1e6)
    assert small is not None
    assert huge is not None
    assert "a coin toss" == small.words
    assert huge.limit == huge.share


@pytest.mark.parametrize("measure", ["chrfpp", "ter", "numbers", ""])
def test_unknown_measures(measure: str) -> None:
    """Nobody has published figures for other measures, and none are made up."""
    assert agree(measure, 3.0) is None
    assert needed(measure, 0.8) is None


@pytest.mark.parametrize("share", [0.49, 1.0, -1.0, float("nan")])
def test_impossible_shares(share: float) -> None:
    """A share is at least chance, and less than all."""
    with pytest.raises(ValueError, match="between"):
        needed("bleu", share)
