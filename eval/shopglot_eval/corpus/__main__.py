"""Check what authors of the corpus wrote, or build the corpus from it.

    python -m shopglot_eval.corpus check a01.txt a02.txt [--json] [--remarks]
    python -m shopglot_eval.corpus build *.txt --out eval/data/commerce

`check` ends with status 1 while anything has to be mended: what cannot be read, segments that the pipeline cuts
otherwise, errors (which no reason excuses), warnings without a reason, sources that are alike or copied. Remarks
(`info`) are counted; `build` wants a reason for them too, in `explanations.tsv`, and writes nothing before. 2 is bad
input.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shopglot.conversion import make_converter
from shopglot.errors import DataError, ShopglotError
from shopglot.loading import load_localizer
from shopglot_eval.corpus.authoring import MARKETS, Draft, Problem, parse
from shopglot_eval.corpus.building import Built, build
from shopglot_eval.corpus.figures import count_findings, describe
from shopglot_eval.corpus.judging import Found, Pair, judge
from shopglot_eval.corpus.likeness import group_repeats, problems_of, read_foreign, stretches_of
from shopglot_eval.corpus.writing import arrange, read_explanations, write

ROOT = Path(__file__).parents[3]
DATA = ROOT / "eval" / "data"
EXPLANATIONS = "explanations.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Everything that is known of a set of files."""

    drafts: tuple[Draft, ...]
    pairs: tuple[Pair, ...]
    problems: tuple[Problem, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or build; return the exit status."""
    options = _parse(arguments)
    try:
        checked = examine(options.files, options.explanations, shared=options.shared)
        if options.command == "check":
            return _report(checked, options)
        return _build(checked, options)
    except (ShopglotError, OSError, UnicodeDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def examine(files: Sequence[Path], explanations: Path, *, shared: Path, data: Path = DATA) -> Checked:
    """Read and check files. Raises DataError where one is no UTF-8 or two have a listing with the same id."""
    known = read_explanations(explanations)
    localizers = {market: load_localizer(market, model="fake" if market == "us" else None) for market in MARKETS}
    drafts: list[Draft] = []
    pairs: list[Pair] = []
    problems: list[Problem] = []
    for path in files:
        try:
            read, wrong = parse(path.name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: not UTF-8 at byte {error.start}.") from error
        drafts += read
        problems += wrong
    ids = [draft.id for draft in drafts]
    doubled = sorted({identity for identity in ids if ids.count(identity) > 1})
    if len(files) > 1 and doubled:
        raise DataError(f"listing {doubled[0]!r} stands in the files twice: give every author a prefix.")
    spoilt = {(problem.file, problem.line) for problem in problems}
    for draft in drafts:
        if any((draft.file, block.line) in spoilt for block in draft.blocks):
            continue  # said already
        built = build(draft)
        if not isinstance(built, Built):
            problems += built
            continue
        found, cut = judge(built, localizers, known)
        pairs += found
        problems += cut
    problems += problems_of(pairs, _foreign(data, shared))
    return Checked(drafts=tuple(drafts), pairs=tuple(pairs), problems=tuple(problems))


@cache
def _foreign(data: Path, shared: Path) -> frozenset[int]:
    return frozenset(stretches_of(read_foreign(data, shared)))


def open_findings(checked: Checked, *, remarks: bool = False) -> Iterator[tuple[Pair, Found]]:
    """Yield the findings that nobody explained, errors first; remarks only on demand."""
    wanted = ("error", "warning", "info") if remarks else ("error", "warning")
    for severity in wanted:
        for pair in checked.pairs:
            for one in pair.found:
                if one.finding.severity == severity and not one.why:
                    yield pair, one


def _report(checked: Checked, options: argparse.Namespace) -> int:
    converter = make_converter("hk", load_localizer("hk").termbase)
    figures = describe(checked.pairs, converter.convert)
    findings = count_findings(checked.pairs)
    waiting = list(open_findings(checked))
    if options.json:
        print(json.dumps({**figures, "findings": findings, "to mend": len(waiting) + len(checked.problems)}))
        return int(bool(waiting or checked.problems))
    for problem in checked.problems:
        print(problem)
    for pair, one in open_findings(checked, remarks=options.remarks):
        print("\n".join(_told(pair, one)))
    different, same = group_repeats(checked.pairs)
    if different:
        print("\nsources that stand twice and are translated differently (mend one, or leave it where both are right):")
    for pair, before in different:
        print(
            f"  {pair.draft.file}:{pair.block.line} {pair.block.source}: {pair.block.us} / {pair.block.hk}"
            f"   <> {before.draft.file}:{before.block.line} {before.block.us} / {before.block.hk}"
        )
    print()
    for name, value in figures.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    print(f"repeats that are left out: {len(same)}; in other words: {len(different)}")
    for name, count in findings.items():
        print(f"  {count:5} {name}")
    print(f"to mend: {len(checked.problems)} problems, {len(waiting)} findings")
    return int(bool(waiting or checked.problems))


def _told(pair: Pair, one: Found) -> Iterator[str]:
    finding, block = one.finding, pair.block
    hint = f" -> {', or '.join((finding.suggestion, *one.admitted))}" if finding.suggestion else ""
    place = f"{pair.draft.file}:{block.line}:"
    words = f"[{finding.side} '{finding.text}']"
    yield f"{place} {finding.severity} {one.market} {finding.check} {words} {finding.message}{hint}"
    yield f"    {block.source}  =>  {block.target(one.market)}"


def _build(checked: Checked, options: argparse.Namespace) -> int:
    waiting = list(open_findings(checked, remarks=True))
    for problem in checked.problems:
        print(problem, file=sys.stderr)
    for pair, one in waiting:
        print("\n".join(_told(pair, one)), file=sys.stderr)
    if waiting or checked.problems:
        print(f"nothing was written: {len(checked.problems) + len(waiting)} things to mend", file=sys.stderr)
        return 1
    arranged = arrange(checked.drafts, checked.pairs)
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out, arranged)
    for name, pairs in arranged.items():
        print(f"{name}: {len({pair.draft.id for pair in pairs})} listings, {len(pairs)} segments")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shared = Path(os.environ.get("SHOPGLOT_SHARED", ROOT.parent / "shared" / "data"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("check", "build"):
        command = commands.add_parser(name)
        command.add_argument("files", nargs="+", type=Path, metavar="FILE")
        command.add_argument("--explanations", type=Path, default=DATA / "commerce" / EXPLANATIONS)
        command.add_argument("--shared", type=Path, default=shared, help="the shared data, for what must not be copied")
        if name == "check":
            command.add_argument("--json", action="store_true", help="only the figures, for machines")
            command.add_argument("--remarks", action="store_true", help="show remarks (info) as well")
        else:
            command.add_argument("--out", type=Path, required=True, help="the folder of the three files")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
