"""Experts' ratings as they are read, and the section that is made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from shopglot.errors import DataError, UsageError
from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot_eval.meta import SETS, meta, read_ratings
from shopglot_eval.meta.report import FEWEST
from shopglot_eval.records import Figure, Measured
from shopglot_eval.reporting.document import Plot, Section, Table, Text

HEADER = ("set", "system", "doc", "seg_id", "n_raters", "mqm_penalty_mean", "src_zh", "mt_en")
GOOD, BAD = "the red hat number {0} is here", "红色 hat hat hat {0}"
SYSTEMS = {"hyp.one": (GOOD, 1.0), "hyp.two": (BAD, 9.0), "hyp.tri": ("a red hat {0} lies here", 3.0)}
PEOPLE = {"ref.A": ("the red hat with number {0} is here", 0.0), "ref.B": ("here is the red hat number {0}", 0.5)}


def write(folder: Path, *, segments: int = 8, rows: Sequence[tuple[str, ...]] = (), file: str = "") -> Path:
    """Write a set of ratings into a folder of shared data."""
    given = rows or [
        (
            "2021",
            system,
            "doc",
            str(number),
            "1",
            str(penalty + number % 2),
            f"红帽子{number}号在这里",
            text.format(number),
        )
        for number in range(segments)
        for system, (text, penalty) in (SYSTEMS | PEOPLE).items()
    ]
    path = folder / "mqm-zh-en" / (file or SETS["mqm-2021news"].file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join("\t".join(row) for row in (HEADER, *given)) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def localizer() -> Localizer:
    """The market with the fake model: the score that needs none is the real one."""
    return load_localizer("us", model="fake")


def tables(section: Section) -> dict[str, Table]:
    """Return the tables by id."""
    return {block.id: block for block in section.blocks if isinstance(block, Table)}


def by_metric(measured: list[Measured], name: str, suite: str = "mqm-2021news") -> dict[str, Figure]:
    """Return one figure of all metrics."""
    return {
        one.place.system: one.figure
        for one in measured
        if one.figure.measure == f"meta.{name}" and one.place.suite == suite
    }


def test_machines_first_and_people_as_references(tmp_path: Path) -> None:
    """Every segment has a text and a penalty of each system; what people wrote are the references."""
    write(tmp_path, segments=3)
    found = read_ratings(tmp_path)
    assert (("hyp.one", "hyp.tri", "hyp.two"), ("ref.A", "ref.B")) == (found.machines, found.people)
    assert 3 == len(found.segments)
    place = found.segments.index("doc#1")
    assert "红帽子1号在这里" == found.sources[place]
    assert ("the red hat with number 1 is here", "here is the red hat number 1") == found.references[place]
    assert [2.0, 4.0, 10.0, 1.0, 1.5] == [row[place] for row in found.penalties]


def test_digest_follows_the_data(tmp_path: Path) -> None:
    """The same data have the same digest, other segments another one."""
    write(tmp_path)
    first, again, other = read_ratings(tmp_path), read_ratings(tmp_path), read_ratings(tmp_path, segments=3)
    assert first.digest == again.digest
    assert first.digest != other.digest
    assert first.only([0, 2]).segments == (first.segments[0], first.segments[2])


def test_segments_that_lack_a_system_are_left_out(tmp_path: Path) -> None:
    """A segment that not all systems translated is no part of the comparison."""
    path = write(tmp_path, segments=4)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    assert "doc#3" not in read_ratings(tmp_path).segments


def test_what_the_estimator_learned_from_is_left_out(tmp_path: Path) -> None:
    """Of the set that the estimator was fitted on, those segments are not measured on."""
    rows = [
        ("2020", system, "doc", str(number), "3", "1.5", "原文", f"text {number}")
        for number in range(40)
        for system in ("A.1", "B.2", "Human-A.0")
    ]
    write(tmp_path, rows=rows, file=SETS["mqm-2020news"].file)
    found = read_ratings(tmp_path, "mqm-2020news")
    assert 40 - SETS["mqm-2020news"].learned == len(found.segments)
    assert ("Human-A.0",) == found.people


def test_missing_and_broken_files(tmp_path: Path) -> None:
    """No file, a file without the columns, a penalty that is no number, too little: each named."""
    with pytest.raises(UsageError, match=r"dev.2021news.tsv.*SHOPGLOT_SHARED"):
        read_ratings(tmp_path)
    path = write(tmp_path, rows=[("2021", "hyp.one", "doc", "1", "1", "many", "原文", "text")])
    with pytest.raises(DataError, match=f"{path.name}: no table of MQM penalties.*many"):
        read_ratings(tmp_path)
    path.write_text("source\ttarget\n原文\ttext\n", encoding="utf-8")
    with pytest.raises(DataError, match="no table of MQM penalties"):
        read_ratings(tmp_path)
    path.write_bytes("\t".join(HEADER).encode() + b"\n\xff\xfe\n")
    with pytest.raises(DataError, match="no table of MQM penalties"):
        read_ratings(tmp_path)
    write(tmp_path, segments=1)
    with pytest.raises(DataError, match="3 machines and 1 segments"):
        read_ratings(tmp_path)


def test_section(tmp_path: Path, localizer: Localizer) -> None:
    """Score, signals, BLEU and chrF stand in one table, with intervals; a system that leaves Chinese comes last."""
    write(tmp_path)
    section, measured = meta(tmp_path, localizer, rounds=50)
    table = tables(section)["meta-table-mqm-2021news"]
    titles = [row[0].text for row in table.rows]
    assert ["our score (surface)", "chrF with references", "BLEU with references"] == titles[:3]
    assert "kept-chinese" in titles
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert "ref.A and ref.B" in table.note
    accuracy = by_metric(measured, "accuracy")
    assert {"score.surface", "chrf", "bleu", "signal.kept-chinese"} <= set(accuracy)
    assert (1.0, 3, "pairs of systems") == (accuracy["chrf"].value, accuracy["chrf"].count, accuracy["chrf"].unit)
    assert accuracy["score.surface"].low is not None
    assert "people" not in {one.figure.measure.split(".")[1] for one in measured if one.place.system == "chrf"}
    assert 10 == by_metric(measured, "people")["score.surface"].count
    (plot,) = [block for block in section.blocks if isinstance(block, Plot)]
    assert ["our score (surface)", "chrF with references", "BLEU with references"] == [
        point.label for point in plot.series[0].points
    ]
    assert "3 machines and 2 people translated 8 segments" in section.lead


def test_systems_in_the_experts_order(tmp_path: Path, localizer: Localizer) -> None:
    """A table has what is said of each system, the best in the experts' eyes first."""
    write(tmp_path)
    table = tables(meta(tmp_path, localizer, rounds=5)[0])["meta-systems-mqm-2021news"]
    assert ["ref.A", "ref.B", "hyp.one", "hyp.tri", "hyp.two"] == [row[0].text for row in table.rows]
    assert ["–", "–"] == [cell.text for cell in table.rows[0][-2:]]
    assert (0.5, 9.5) == (table.rows[0][1].value, table.rows[-1][1].value)


def test_opinions_get_a_table_of_their_own(tmp_path: Path, localizer: Localizer) -> None:
    """The segments that a model has read are compared by themselves, all metrics on the same; too few are not."""
    write(tmp_path, segments=FEWEST + 3)
    ratings = read_ratings(tmp_path)
    scorer = localizer.estimator.scorer

    def note(count: int) -> Path:
        path = tmp_path / f"opinions-{count}.jsonl"
        lines = [
            {"scorer": scorer, "source": source, "target": row[place],
             "opinion": {"forward": -float(penalty[place]), "forward-worst": -2.0, "forward-doubts": 1.0,
                         "forward-total": -9.0}}
            for place, source in enumerate(ratings.sources[:count])
            for row, penalty in zip(ratings.targets, ratings.penalties, strict=True)
        ]  # fmt: skip
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    section, measured = meta(tmp_path, localizer, opinions=[note(FEWEST)], rounds=5)
    assert any(isinstance(block, Text) and f"The {FEWEST} segments" in block.text for block in section.blocks)
    found = by_metric(measured, "item", "mqm-2021news-forward")
    assert 1.0 == pytest.approx(found["signal.forward"].value)
    assert {"score.surface", "score.forward", "chrf", "bleu"} <= set(found)
    assert FEWEST == found["chrf"].count
    assert "score.forward" not in by_metric(measured, "item")
    few, _ = meta(tmp_path, localizer, opinions=[note(FEWEST - 1)], rounds=5)
    assert ["meta-table-mqm-2021news", "meta-systems-mqm-2021news"] == list(tables(few))


def test_all_read_stands_in_the_one_table(tmp_path: Path, localizer: Localizer) -> None:
    """Where a model has read everything, its score and signals stand beside the others."""
    write(tmp_path, segments=4)
    ratings = read_ratings(tmp_path)
    lines = [
        {"scorer": localizer.estimator.scorer, "source": source, "target": row[place], "opinion": {"forward": -1.5}}
        for place, source in enumerate(ratings.sources)
        for row in ratings.targets
    ]  # fmt: skip
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    section, _ = meta(tmp_path, localizer, opinions=[path], rounds=5)
    assert "our score (forward)" in [row[0].text for row in tables(section)["meta-table-mqm-2021news"].rows]


def test_same_inputs_same_section(tmp_path: Path, localizer: Localizer) -> None:
    """Nothing depends on chance but by its seed."""
    write(tmp_path, segments=4)
    assert meta(tmp_path, localizer, rounds=10) == meta(tmp_path, localizer, rounds=10)


def test_markets_of_another_language(tmp_path: Path) -> None:
    """Experts judged English: a Hong Kong score has nothing to say of it."""
    with pytest.raises(UsageError, match="experts judged English; market 'hk'"):
        meta(tmp_path, load_localizer("hk", model="fake"))


@pytest.mark.shared
def test_the_real_sets(shared: Path) -> None:
    """Both sets of the shared data are whole: machines, two people, and every segment."""
    found = read_ratings(shared)
    assert (13, ("ref.A", "ref.B"), 650) == (len(found.machines), found.people, len(found.segments))
    other = read_ratings(shared, "mqm-2020news")
    assert (8, 2, 2000 - SETS["mqm-2020news"].learned) == (len(other.machines), len(other.people), len(other.segments))
