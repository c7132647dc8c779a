"""Fits a market's estimator and gate on reviewers' verdicts, and says how good they are.

    python -m shopglot_eval.estimator us
    python -m shopglot_eval.estimator us --verdicts our-verdicts.jsonl --out build/estimator

The one command with which the score is refitted on labels of your own: verdicts are what `shopglot verdicts export`
writes; without `--verdicts` they are the seed verdicts of the project. What the model has not read yet it reads first
(`--opinions` keeps what it thought; the seed's are kept with them, so that refitting on these needs no model).

With the shared data (SHOPGLOT_SHARED), English markets also learn from experts' MQM scores of other texts and from
errors that are generated into clean ones, and the report has three more tables: agreement with experts on other
segments, the generated errors told from the clean text, and each signal alone. Without it they are left out, and the
report says so.

Writes `models/estimators/<language>.json` and `glossaries/<market>/gate.toml` of the data folder (SHOPGLOT_DATA),
unless `--dry`; with `--gate-only` the estimator stays as it is and only the gate is fitted. The report is
`OUT/<market>.md`, and JSON with all figures `OUT/<market>.json`.

Exit status 0 done, 2 on bad input. That no cut-off keeps the promise is a result: the gate is written as closed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shopglot.config import card_root, glossary_root
from shopglot.errors import ShopglotError, UsageError
from shopglot.loading import ESTIMATORS, load_localizer
from shopglot.localizer import Localizer
from shopglot.market import GATE, MARKETS
from shopglot.quality import Estimator, load_estimator
from shopglot.quality.calibration import brier_skill, calibration_error, reliability
from shopglot.quality.gate import GRID, Abstention, Cutoff, fit_cutoff
from shopglot.types import View
from shopglot_eval.estimation.examples import Signals
from shopglot_eval.estimation.experts import Experts
from shopglot_eval.estimation.fitting import Fitted, Measured, document, fit_variant, fold_listings, part_of
from shopglot_eval.estimation.opinions import Opinions
from shopglot_eval.estimation.report import write_report
from shopglot_eval.estimation.texts import Judged, read_verdicts
from shopglot_eval.terms.texts import shared_folder

# A cut-off of 0 would count as published what findings hold.
CUTOFFS = tuple(cutoff for cutoff in GRID if cutoff > 0)
DATA = Path(__file__).parents[1] / "data" / "verdicts"
BOTH: tuple[View, ...] = ("backward", "forward")
FORWARD: tuple[View, ...] = ("forward",)
VARIANTS: tuple[tuple[View, ...], ...] = (BOTH, FORWARD, ())  # of a model's; a conversion has the last one only


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is fitted: the market, and everything that the fit looks at."""

    localizer: Localizer
    scorer: str
    opinions: Opinions
    signals: Signals
    measured: tuple[Measured, ...]
    experts: Experts | None

    def part(self, name: str) -> list[Measured]:
        """Return one part of the verdicts."""
        return [one for one in self.measured if part_of(one.judged.listing) == name]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    options = _parser().parse_args(arguments)
    try:
        task = _prepare(options)
        path = card_root() / ESTIMATORS / f"{task.localizer.market.language}.json"
        if not options.gate_only:
            content = _fit(task, options)
            _write(path if not options.dry else options.out / path.name, json.dumps(content, indent=1) + "\n")
        estimator = load_estimator(path if not options.dry or options.gate_only else options.out / path.name)
        gate, figures = _gate(task, estimator)
        target = glossary_root() / task.localizer.market.name / GATE
        _write(target if not options.dry else options.out / GATE, gate)
        write_report(options.out, task.localizer.market.name, figures | _expert_figures(task, estimator))
    except (ShopglotError, OSError, ValueError) as error:
        print(f"estimator: {error}", file=sys.stderr)
        return 2
    print(f"report: {options.out / (task.localizer.market.name + '.md')}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/estimator", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("market", choices=MARKETS, help="whose score and gate are fitted")
    parser.add_argument("--verdicts", type=Path, metavar="FILE", help="verdicts (default: the project's seed)")
    parser.add_argument("--opinions", type=Path, metavar="FILE", help="where what the model reads is kept")
    parser.add_argument("--out", type=Path, default=Path("build/estimator"), help="folder of the report")
    parser.add_argument("--no-experts", action="store_true", help="leave out expert scores and generated errors")
    parser.add_argument("--gate-only", action="store_true", help="keep the estimator, fit the gate")
    parser.add_argument("--dry", action="store_true", help="write both files into OUT, not into the data folder")
    parser.add_argument("--segments", type=int, default=200, help="segments of the experts' test set")
    return parser


def _prepare(options: argparse.Namespace) -> Task:
    localizer = load_localizer(options.market)
    verdicts = options.verdicts or DATA / f"{options.market}.jsonl"
    judged = read_verdicts(verdicts, options.market)
    if not judged:
        raise UsageError(f"{verdicts}: no verdict for market '{options.market}'.")
    _check_parts(judged, verdicts, gate_only=options.gate_only)
    scorer = localizer.model if localizer.market.latin else ""
    kept = options.opinions or options.out / f"{options.market}.opinions.jsonl"
    opinions = Opinions(scorer, [DATA / f"{options.market}.opinions.jsonl", kept])
    signals = Signals(localizer, opinions)
    if scorer:
        own = [one.pair for one in judged if one.origin == "machine"]
        opinions.complete(own, BOTH, localizer.open_engine, label="verdicts")
    measured = tuple(Measured(judged=one, signals=signals.of(one.pair), held=signals.held(one.pair)) for one in judged)
    wanted = scorer and not options.no_experts and shared_folder().is_dir()
    experts = Experts.read(segments=options.segments) if wanted else None
    if experts is not None:
        opinions.complete(experts.clean_and_damaged(), BOTH, localizer.open_engine, label="generated errors")
        opinions.complete(experts.rated(), FORWARD, localizer.open_engine, label="expert scores")
    return Task(
        localizer=localizer, scorer=scorer, opinions=opinions, signals=signals, measured=measured, experts=experts
    )


def _check_parts(judged: Sequence[Judged], path: Path, *, gate_only: bool) -> None:
    """Refuse, before anything is written, verdicts that leave a part without any."""
    listings = {one.listing for one in judged}
    for part in ("gate",) if gate_only else ("learn", "gate"):
        if part not in map(part_of, listings):
            raise UsageError(f"{path}: {len(listings)} listings are too few, none falls to the part '{part}'.")


def _fit(task: Task, options: argparse.Namespace) -> dict[str, Any]:
    learn = task.part("learn")
    others = task.experts.examples(task.signals) if task.experts else []
    variants: list[Fitted] = []
    wanted = VARIANTS if task.scorer else ((),)
    for views in wanted:
        # Experts' texts were read forward only: what they lack counts as usual, and teaches nothing.
        variants.append(fit_variant(views, others, learn, most=views == wanted[0]))
    machine = [one for one in learn if one.judged.origin == "machine"]
    return document(
        name=f"{task.localizer.market.language}-2", scorer=task.scorer, fitted=variants,
        certain=[one for one in learn if one.judged.origin == "certain"], usual=machine,
        made={
            "command": f"scripts/estimator {options.market}", "verdicts": len(task.measured), "learned": len(machine),
            "other-examples": len(others), "scikit-learn": version("scikit-learn"),
        },
    )  # fmt: skip


def _gate(task: Task, estimator: Estimator) -> tuple[str, dict[str, Any]]:
    """Fit the gate on its part of the verdicts; return its file and the figures of calibration and gate."""
    views = estimator.views(task.scorer)
    market = task.localizer.market
    part = task.part("gate")
    scores = [score(estimator, one, views) for one in part]
    good = [one.judged.good for one in part]
    listings, lowest, bad = fold_listings(part, scores)
    found = fit_cutoff(lowest, bad, risk=market.risk, confidence=market.confidence, grid=CUTOFFS)
    machine = [(s, g) for s, g, one in zip(scores, good, part, strict=True) if one.judged.origin == "machine"]
    rows = reliability(scores, good)
    figures: dict[str, Any] = {
        "market": market.name, "signature": estimator.signature(views), "segments": len(part),
        "good_segments": sum(good), "listings": len(listings), "bad_listings": sum(bad),
        "held_by_findings": sum(value == 0 for value in lowest),
        "calibration_error": calibration_error(scores, good), "brier_skill": brier_skill(scores, good),
        "reliability": [(row.predicted, row.observed, row.count, row.low, row.high) for row in rows],
        "risks": {
            str(risk): _describe(fit_cutoff(lowest, bad, risk=risk, confidence=market.confidence, grid=CUTOFFS))
            for risk in sorted({0.05, 0.1, 0.15, 0.2, 0.3, 0.4, market.risk})
        },
        "risk": market.risk, "confidence": market.confidence,
        "machine": _ranking(machine),
        "by_listing": _ranking([(s, not b) for s, b in zip(lowest, bad, strict=True)]),
        "signals": _alone(part),
    }  # fmt: skip
    return _gate_file(found, figures, sum(bad)), figures


def score(estimator: Estimator, one: Measured, views: frozenset[View]) -> float:
    """Return what the product would say of a judged segment."""
    if one.judged.origin == "human":
        return 1.0
    if one.judged.origin == "certain":
        return round(estimator.certain, 4)
    read = frozenset(view for view in views if view in one.signals)
    return round(estimator.variant(read).predict(one.signals), 4)


def _ranking(pairs: Sequence[tuple[float, bool]]) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    good = [label for _, label in pairs]
    known = 0 < sum(good) < len(good)
    return {
        "count": len(pairs), "good": sum(good),
        "auroc": float(roc_auc_score(good, [value for value, _ in pairs])) if known else float("nan"),
    }  # fmt: skip


def _alone(part: Sequence[Measured]) -> dict[str, float]:
    """Return, per signal, the probability that a good machine text has more of it than a bad one."""
    from sklearn.metrics import roc_auc_score

    machine = [one for one in part if one.judged.origin == "machine"]
    found: dict[str, float] = {}
    for name in sorted({name for one in machine for name in one.signals}):
        known = [one for one in machine if name in one.signals]
        good = [one.judged.good for one in known]
        if 0 < sum(good) < len(good):
            found[name] = float(roc_auc_score(good, [one.signals[name] for one in known]))
    return found


def _describe(found: Cutoff | Abstention) -> dict[str, Any]:
    if isinstance(found, Abstention):
        return {"cutoff": None, "reason": found.reason}
    return {
        "cutoff": found.cutoff, "published": found.published, "bad": found.bad, "coverage": found.coverage,
        "bound": found.bound,
    }  # fmt: skip


def _gate_file(found: Cutoff | Abstention, figures: Mapping[str, Any], bad: int) -> str:
    lines = [
        "# Fitted by scripts/estimator; do not edit. What it means: docs/quality.md.",
        f'signature = "{figures["signature"]}"',
        f"risk = {figures['risk']}",
        f"confidence = {figures['confidence']}",
        f"listings = {figures['listings']}",
    ]
    if isinstance(found, Abstention):
        lines += ["# No cut-off keeps the promise: the gate is closed.", "published = 0", f"bad = {bad}", "bound = 1.0"]
    else:
        lines += [
            f"cutoff = {found.cutoff:.3f}", f"published = {found.published}", f"bad = {found.bad}",
            f"bound = {found.bound:.4f}",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _expert_figures(task: Task, estimator: Estimator) -> dict[str, Any]:
    return task.experts.figures(task.signals, estimator, task.scorer) if task.experts else {}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
