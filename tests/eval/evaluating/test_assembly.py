"""A whole report: the same every time, in any process, with all its sections."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from shopglot_eval.evaluating import Plan, Wish, assemble, gather, make
from shopglot_eval.records import Evaluation
from shopglot_eval.reporting.document import Document, Table
from shopglot_eval.reporting.html import as_html
from shopglot_eval.reporting.json import as_json, read_json
from shopglot_eval.reporting.markdown import as_markdown

ROOT = Path(__file__).parents[3]
WORK = Path("work")
TOLD = """
import sys
from pathlib import Path
from shopglot_eval.evaluating import Plan, assemble, gather
from shopglot_eval.reporting.json import as_json
found = gather(Plan(suites=(sys.argv[1],), work=Path(sys.argv[3]), markets=("us",), product=False,
                    outside=(("", sys.argv[2]),), scored=True))
sys.stdout.buffer.write(as_json(assemble(found)).encode())
"""


def evaluation(table: str, *, markets: tuple[str, ...] = ("us",), without: bool = False) -> Evaluation:
    """Return the stand-in's answers."""
    return gather(Plan(suites=(table,), work=WORK, models=("fake",), markets=markets, without_glossary=without))


def kinds(report: Document) -> list[str]:
    """Return what the sections are about."""
    return [section.id.split("-")[0] for section in report.sections]


def test_the_same_answers_make_the_same_document(table: str) -> None:
    """Twice, and from a second reading of what was kept, in every form."""
    found = evaluation(table)
    first, second = assemble(found), assemble(evaluation(table))
    assert first == assemble(found) == second
    for form in (as_json, as_html, as_markdown):
        assert form(first) == form(second)


def test_another_hash_seed_makes_the_same_json(table: str, many: str, tmp_path: Path) -> None:
    """Sets and their order are no part of a report, nor is the language of the machine."""
    told = []
    for seed in ("1", "77"):
        known = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}/pipeline:{ROOT}/eval"}
        known |= {"LC_ALL": "C" if seed == "1" else "C.UTF-8", "TZ": "Asia/Shanghai" if seed == "1" else "UTC"}
        arguments = [sys.executable, "-c", TOLD, table, f"{many}:*", str(tmp_path / f"work{seed}")]
        told.append(subprocess.run(arguments, env=known, capture_output=True, check=True).stdout)
    assert told[0] == told[1]
    assert len(told[0]) > 10_000


def test_what_was_timed_is_apart(table: str) -> None:
    """Seconds are shown and no figures that a comparison sees: a second translation has the same figures."""
    slow = evaluation(table)
    quick = Evaluation(suites=slow.suites, answers=tuple(replace(one, seconds=99.0) for one in slow.answers))
    before, after = read_json(as_json(assemble(slow))), read_json(as_json(assemble(quick)))
    assert before.figures == after.figures
    assert not any(one.figure.measure.startswith("cost.") for one in before.figures)
    assert before.volatile != after.volatile
    assert {"figures", "sections"} <= set(after.volatile)
    assert "costs" in kinds(assemble(quick))


def test_the_pair_with_and_without_a_glossary_makes_a_section(table: str) -> None:
    """Of the modes; without the pair there is none."""
    with_pair, alone = assemble(evaluation(table, without=True)), assemble(evaluation(table))
    assert "modes" in kinds(with_pair)
    assert "compare" in kinds(with_pair)
    assert not {"modes", "compare"} & set(kinds(alone))
    [section] = [one for one in with_pair.sections if one.id.startswith("modes")]
    assert isinstance(section.blocks[0], Table)
    assert ["No glossary", "Glossary"] == [row[0].text for row in section.blocks[0].rows]
    assert any(one.figure.measure == "terms.gain" for one in with_pair.figures)


def test_every_text_that_is_led_to_is_there(table: str) -> None:
    """Cells, open passages and figures name passages of the document; ids stand once."""
    report = assemble(evaluation(table, markets=("us", "hk"), without=True))
    ids = [section.id for section in report.sections]
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                ids.append(block.id)
                assert all(name in report.passages for row in block.rows for cell in row for name in cell.texts)
    assert len(ids) == len(set(ids))
    assert not any(sign.isspace() for one in ids for sign in one)


def test_markets_without_anything_special(table: str) -> None:
    """Macau and Taiwan have no verdicts and no gate, and a report all the same; of one text too."""
    found = gather(Plan(suites=(table,), work=WORK, markets=("mo", "tw"), limit=1))
    report = assemble(found)
    assert {"mo", "tw"} == {one.place.market for one in report.figures}
    assert as_json(report)
    assert as_html(report)


def test_hostile_texts(tmp_path: Path) -> None:
    """Controls, half surrogates, long and empty texts: a report in every form, which an encoder takes."""
    sources = ["枕头\x00\x1b[31m", "", "</script><b>枕头</b>", "枕" * 20_000, "🧸枕頭\u2028枕头"]
    lines = ["id\tsource\treference", *(f"e\x07{n}\t{one}\t{one}" for n, one in enumerate(sources))]
    path = tmp_path / "odd <b> name.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = make(Plan(suites=(str(path),), work=WORK, models=("fake",), markets=("us",)), Wish()).report
    for form in (as_json, as_html, as_markdown):
        assert form(report).encode("utf-8")
    assert "\x00" not in as_html(report)
    assert "<b>枕头</b>" not in as_html(report)


def test_a_title_names_some_systems(table: str, many: str) -> None:
    """And counts the rest."""
    plan = Plan(
        suites=(table,), work=WORK, models=("fake",), markets=("us",), outside=(("", f"{many}:*"),), limit=4
    )  # fmt: skip
    assert assemble(gather(plan)).title == "Evaluation of fake, people, A b and 1 more"
