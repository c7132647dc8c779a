"""The tables that everybody looks at first, and what is said above them."""

from __future__ import annotations

from collections.abc import Sequence

from shopglot_eval.evaluating.overview import measure_all, overview, summarize, weaknesses
from shopglot_eval.measures import ALL
from shopglot_eval.records import Answers, Example, Output, Pair
from shopglot_eval.reporting.document import Section, Table, Text

TEXTS = (("记忆棉枕头，重30克", "Memory foam pillow, 30 g"), ("枕头", "A pillow"))


def answers(system: str, *, target: str = "", referenced: bool = True) -> Answers:
    """Return 40 pages of two texts; `target` is what the system writes everywhere, "" for the reference."""
    pairs = tuple(
        Pair(
            example=Example(
                id=f"{page}-{at}", market="us", source=source, references=(reference,) if referenced else (),
                listing=f"m/p{page}", field="bullet",
            ),
            output=Output(id=f"{page}-{at}", target=target or reference, origin="outside"),
        )
        for page in range(40)
        for at, (source, reference) in enumerate(TEXTS)
    )  # fmt: skip
    return Answers(suite="s", market="us", system=system, pairs=pairs)


def made(*systems: Answers) -> tuple[Section, str]:
    """Return the section and the summary of some systems."""
    measured = list(measure_all(systems, ALL))
    return overview(systems, measured), summarize(systems, measured)


def tables(blocks: Sequence[object]) -> dict[str, Table]:
    """Return tables by title."""
    return {block.title: block for block in blocks if isinstance(block, Table)}


def test_scores_and_shares_have_a_table_each() -> None:
    """Every row has a cell for each system, and says what was measured on how much; the section says the unit."""
    section, said = made(answers("good"), answers("bad", target="Cup"))
    assert "80 texts of 40 pages" in section.lead
    found = tables(section.blocks)
    scores, shares = found["Beside what people wrote"], found["What has to be right"]
    assert ["Measure", "good", "bad", "Measured on"] == [column.title for column in scores.columns]
    chrf = scores.rows[0]
    assert ("chrF\u00a0↑", 100.0, "80 texts") == (chrf[0].text, chrf[1].value, chrf[3].text)
    assert (chrf[2].value or 0) < 20
    assert chrf[2].texts[0].startswith("s/us/")
    assert "nrefs:1" in scores.note
    assert all(len(row) == 4 for row in (*scores.rows, *shares.rows))
    assert "good: chrF 100.0" in said
    assert "bad: chrF" in said


def test_what_was_not_measured_says_why() -> None:
    """Without references there is no table of scores, and a list of what is missing."""
    section, said = made(answers("one", referenced=False))
    assert ["What has to be right"] == list(tables(section.blocks))
    last = section.blocks[-1]
    assert isinstance(last, Text)
    assert any(item.startswith("chrF: 80 of 80 texts have no reference") for item in last.items)
    assert "chrF" not in said


def test_many_systems_are_summed_up() -> None:
    """A sentence names the lowest and the highest, not a dozen numbers."""
    _, said = made(*(answers(f"m{n}", target="" if n == 3 else "Pillow " * (n + 1)) for n in range(6)))
    assert "6 systems: chrF" in said
    assert "to 100.0 (m3)" in said
    assert said.count("chrF") == 1


def test_suites_of_which_nothing_is_known() -> None:
    """No text that anything can be said of: a sentence all the same, and no empty one."""
    bare = Answers(
        suite="s", market="us", system="m",
        pairs=(Pair(example=Example(id="e", market="us", source=""), output=Output(id="e", target="")),),
    )  # fmt: skip
    section, said = made(bare)
    assert said.startswith("s, us: 1 texts.")
    assert section.lead == "1 texts, each by itself."
    assert weaknesses([bare]).blocks


def test_weaknesses_name_slices_and_terms() -> None:
    """Where texts speak against a measure there is a table of its slices; where none does, one sentence for all."""
    found = weaknesses([answers("bad", target="Cup"), answers("good")])
    titles = tables(found.blocks)
    assert "Glossary terms by slice" in titles
    assert "Glossary terms that are missing" in titles
    assert all(row[2].value for row in titles["Glossary terms by slice"].rows)
    assert "Slices that are worse than the rest: good" not in titles
    told = " ".join(block.text for block in found.blocks if isinstance(block, Text))
    assert "No slice of" in told
    assert "no text speaks against them" in told
    assert "Sensitivity leaks by slice" not in titles


def test_ids_are_good_for_a_page() -> None:
    """Whatever systems and suites are called: no two the same, none with a space."""
    systems = [answers(name, target=f"x{n}") for n, name in enumerate(("a b", "a-b", "a  b", "a/b", "甲"))]
    blocks = weaknesses(systems).blocks
    ids = [block.id for block in blocks if isinstance(block, Table)]
    assert len(ids) == len(set(ids))
    assert not any(sign.isspace() or sign in "/?#%" for one in ids for sign in one)
