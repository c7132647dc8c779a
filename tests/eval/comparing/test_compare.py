"""Two or more systems side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.eval.regression.conftest import MEASURES, Words, answers, change, finding, parts, plant, reword

from shopglot.errors import UsageError
from shopglot_eval.comparing import Compared, compare, passage, passages
from shopglot_eval.comparing.winning import gains, plot, wins
from shopglot_eval.comparing.winning import table as wins_table
from shopglot_eval.measures import ALL
from shopglot_eval.records import Answers, Pair
from shopglot_eval.reporting.document import Plot, Shown, Table, passage_id


def worse(old: Answers, system: str = "worse") -> Answers:
    """Return the answers of a system that loses a word in most titles."""

    def cut(pair: Pair) -> str:
        words = pair.output.target.split()
        return " ".join(words[3:]) if pair.example.field == "title" else pair.output.target

    return replace(change(old, lambda pair: replace(pair.output, target=cut(pair))), system=system)


def tables(found: Compared) -> dict[str, Table]:
    """Return the tables of a section by the end of their id."""
    blocks = [block for block in found.section.blocks if isinstance(block, Table)]
    return {block.id.rsplit("-", 1)[1]: block for block in blocks}


def test_a_worse_system_is_said_to_be_worse() -> None:
    """In the lead, in the table with its tone, in the slices, and in the texts that stand open."""
    found = compare([answers(), worse(answers())], MEASURES, slices=parts)
    assert "worse against model: worse in Words -" in found.section.lead
    row = next(row for row in tables(found)["measures"].rows if row[0].text == "Words")
    assert row[4].tone == "bad"
    assert (row[4].high or 0) < 0
    by_slice = {row[0].text: row for row in tables(found)["wins"].rows}
    assert "bad" == by_slice["field: title"][5].tone
    assert "60" == by_slice["field: title"][4].text
    assert "0" == by_slice["field: bullet"][4].text
    shown = [block for block in found.section.blocks if isinstance(block, Shown)]
    assert ["Where worse is worse by most"] == [block.title for block in shown]
    assert all(name.endswith("-0") for name in shown[0].passages)
    assert any(isinstance(block, Plot) for block in found.section.blocks)


def test_the_same_answers_have_no_difference() -> None:
    """Nothing is significant, nobody wins, nothing stands open, no text is led to."""
    found = compare([answers(), replace(answers(), system="again")], MEASURES, slices=parts)
    assert found.section.lead == "again against model: no significant difference."
    assert all(row[4].tone == "" and row[5].value == 1 for row in tables(found)["measures"].rows)
    assert {("0", "0")} == {(row[2].text, row[4].text) for row in tables(found)["wins"].rows}
    assert not found.passages


def test_every_text_that_is_led_to_is_there_and_every_row_is_whole() -> None:
    """No cell leads nowhere, whichever the tables; the same input gives the same section."""
    systems = [answers(), worse(answers()), *(replace(reword(answers(), seed=n), system=f"s{n}") for n in range(3))]
    found = compare(systems, MEASURES, slices=parts)
    ids = [block.id for block in found.section.blocks if not hasattr(block, "tone")]
    assert len(set(ids)) == len(ids)
    for block in found.section.blocks:
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows)
            assert all(name in found.passages for row in block.rows for cell in row for name in cell.texts)
        if isinstance(block, Shown):
            assert all(name in found.passages for name in block.passages)
    assert "s2" in found.section.blocks[-1].text  # type: ignore[union-attr]
    assert found == compare(systems, MEASURES, slices=parts)


def test_real_measures_say_how_many_people_would_agree() -> None:
    """BLEU and chrF have a figure of Kocmi et al., TER and shares have none."""
    found = compare([answers(), worse(answers())], ALL[:4], slices=parts)
    said = {row[0].text: row[6] for row in tables(found)["measures"].rows}
    assert said["chrF"].value is not None
    assert 0.5 <= (said["chrF"].value or 0) <= 0.93
    assert said["TER"].text == "–"
    assert "difference.chrf" in {row.figure.measure for row in found.measured}


def test_without_references_texts_are_ordered_by_how_different_they_are() -> None:
    """Where no measure has a value, what differs most stands open."""

    def bare(one: Answers) -> Answers:
        return replace(one, pairs=tuple(replace(p, example=replace(p.example, references=())) for p in one.pairs))

    found = compare([bare(answers()), bare(worse(answers()))], (), slices=parts)
    shown = [block for block in found.section.blocks if isinstance(block, Shown)]
    assert ["Translations that differ most"] == [block.title for block in shown]
    assert len(shown[0].passages) == 20
    assert "300 of 360 translations of worse are those of model" in found.section.blocks[0].text  # type: ignore[union-attr]


def test_without_references_the_score_orders_texts_if_it_is_the_same_score() -> None:
    """Scores of one signature compare; those of two do not."""
    old = answers()
    new = replace(change(old, lambda p: replace(p.output, score=0.5, target="x")), system="b")
    wins_table = tables(compare([old, new], MEASURES[:3], slices=parts))["wins"]
    assert "by Quality score" in wins_table.title
    other = change(new, lambda p: replace(p.output, signature="t"))
    assert "wins" not in tables(compare([old, other], MEASURES[:3], slices=parts))


def test_wins_ties_and_losses_add_up() -> None:
    """In every slice; a measure where less is better wins the other way round."""
    old, new = answers(), reword(answers(), seed=3, share=0.5)
    better = gains(Words(), old.pairs, new.pairs)
    for row in wins(better, new.pairs, parts(new.pairs)):
        assert row.texts == len(row.wins) + row.ties + len(row.losses)
        assert row.low is not None
        assert row.high is not None
        assert row.low <= row.gain <= row.high
        assert [better[name] for name in row.wins] == sorted((better[name] for name in row.wins), reverse=True)
    turned = gains(Words(better="lower"), old.pairs, new.pairs)
    assert turned == {name: -value for name, value in better.items()}
    assert wins({}, new.pairs, {}) == []


@pytest.mark.parametrize(
    ("systems", "word"),
    [
        ([answers()], "two systems at least"),
        ([answers(), answers()], "two systems have one name"),
        ([answers(), answers("hk", "b")], r"b answered shop \(hk\)"),
        ([answers(), replace(answers(), system="b", pairs=answers().pairs[1:])], "different texts of shop"),
    ],
)
def test_what_does_not_compare(systems: Sequence[Answers], word: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(UsageError, match=word):
        compare(systems, MEASURES, slices=parts)


def test_passages() -> None:
    """References first, then each system with what was found; two are marked on both sides, one at its findings."""
    old = plant(answers(), "number.changed", lambda p: p.example.id == "0-0")
    found = passages([old, worse(old)], ["0-0", "nowhere"])
    assert [passage_id("shop", "us", "0-0")] == list(found)
    versions = found["shop/us/0-0"].versions
    assert ["reference", "model", "worse"] == [version.name for version in versions]
    assert versions[0].reference
    assert versions[1].marks
    assert not versions[2].marks
    assert any(remark.startswith("error: number.changed") for remark in versions[1].remarks)
    single = passages([old], ["0-0"])["shop/us/0-0"].versions[1]
    assert ((0, 2, "bad"),) == single.marks
    assert len(passages([old])) == 360
    assert passages([]) == {}


def test_marks_of_findings_do_not_overlap() -> None:
    """The graver finding keeps its place; one that reaches beyond the text is cut, one without words is no mark."""
    pair = answers().pairs[0]
    output = replace(
        pair.output, target="abcdef",
        findings=(
            finding("b", "warning"), replace(finding("a"), start=1, end=99), replace(finding("c"), start=3, end=3),
            finding("d", side="source"),
        ),
    )  # fmt: skip
    assert ((1, 6, "bad"),) == passage("s", pair.example, [("m", output)]).versions[1].marks


def test_no_texts() -> None:
    """A suite of which nothing is left has a section that says so."""
    none = replace(answers(), pairs=())
    found = compare([none, replace(none, system="b")], MEASURES, slices=parts)
    assert "0 of 0 translations" in found.section.blocks[0].text  # type: ignore[union-attr]
    assert not found.passages


def test_of_many_systems_each_is_told_and_tested_for_itself() -> None:
    """What a system's differences are worth does not depend on how many others there are; none goes unmentioned."""
    same = [replace(reword(answers(), seed=n), system=f"s{n}") for n in range(4)]
    alone = compare([answers(), worse(answers())], MEASURES, slices=parts)
    found = compare([answers(), *same, worse(answers())], MEASURES, slices=parts)
    before, after = (
        [row[5].value for row in tables(one)["measures"].rows if row[1].text == "worse"] for one in (alone, found)
    )
    assert before == after
    assert "worse (worse in 1)" in found.section.lead
    for one in same:
        assert one.system in found.section.lead


def test_slices_of_one_page_have_no_interval_and_no_bar() -> None:
    """Nobody knows how another page would differ; what nearly all texts are in is no slice of its own."""
    old, new = answers(), reword(answers(), seed=3, share=0.5)
    better = gains(Words(), old.pairs, new.pairs)
    pages: dict[str, list[Pair]] = {}
    for pair in new.pairs:
        pages.setdefault(pair.example.listing, []).append(pair)
    (listing, few), (_, more) = list(pages.items())[:2]
    page = [*few, *(replace(pair, example=replace(pair.example, listing=listing)) for pair in more)]
    ids = {pair.example.id for pair in page}
    pairs = [*page, *(pair for pair in new.pairs if pair.example.id not in ids)]
    rows = wins(better, pairs, {("category", "page"): page, ("field", "most"): pairs[1:], ("field", "all"): pairs})
    assert ["", "page"] == [row.part for row in rows]
    assert (rows[1].low, rows[1].high) == (None, None)
    assert plot("n", "b", "a", Words(), [*rows, rows[1]]) is None
    row = wins_table("n", "b", "a", Words(), rows, ("s", "us")).rows[1]
    assert "to" not in row[5].text
    assert row[5].low is None


def test_the_same_remark_is_made_once() -> None:
    """With how often it was made."""
    pair = answers().pairs[0]
    output = replace(pair.output, findings=(finding("a"),) * 8 + (finding("b"),))
    said = passage("s", pair.example, [("m", output)]).versions[1].remarks
    assert [1, 1] == [sum(line.startswith(f"error: {check}") for line in said) for check in "ab"]
    assert said[0].endswith(" ×8")
    assert "×" not in said[1]
