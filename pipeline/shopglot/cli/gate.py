"""`shopglot gate`: what a market promises of its published pages, and whether it keeps the promise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shopglot.cli.options import json_option, market_option, model_option, store_option

if TYPE_CHECKING:
    from shopglot.watch import Watch

_DATES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")


@click.command("gate")
@market_option
@model_option
@store_option
@click.option(
    "--since", type=click.DateTime(_DATES), metavar="DATE",
    help="Only what was drawn, judged and settled since; UTC where no zone is given.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Exit with status 1 where the promise is broken or a signal has shifted.")
@json_option
def gate_command(
    market: str, model: str | None, store: str, since: datetime | None, check: bool, as_json: bool
) -> None:
    """Show what a market promises of its published pages, and whether the audit's verdicts bear it out.

    Below stand the verdicts in the store and how far the signals of its machine texts have drifted from the calibration
    set: the population stability index, where above 0.2 means that the scores should be fitted again.

    \b
    Example:
      shopglot gate --market us --check || mail -s "shopglot: look at the gate" ops@example.com
    """
    from shopglot.config import glossary_root
    from shopglot.loading import load_localizer
    from shopglot.market import GATE
    from shopglot.store import open_store
    from shopglot.watch import watch

    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    localizer = load_localizer(market, model=model)
    with open_store(store, create=False) as opened:
        found = watch(opened, localizer, since=since)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        click.echo(_tell(found, glossary_root() / market / GATE))
    if check and (found.broken or found.shifted):
        raise click.exceptions.Exit(1)


def _tell(found: Watch, path: Path) -> str:
    """Return the state of a market's promise for people; `path` is the file of its gate."""
    alarm: list[str] = []
    if found.broken and found.gate is not None:
        from shopglot.watch import tell_alarm

        export = f"shopglot verdicts export --market {found.market} > FILE"
        refit = f"Fit the gate again ({export}; scripts/estimator {found.market} --verdicts FILE)"
        close = f"close it: take the line `cutoff` out of {path}, and every page waits for review."
        alarm = [tell_alarm(found.market, found.gate, found.audit), f"{refit}, or {close}", ""]
    rows = [("gate", line) for line in _tell_gate(found, path)]
    rows += [("score", found.signature)]
    rows += [("audit", line) for line in _tell_audit(found)]
    rows += [("verdicts", _tell_verdicts(found))]
    rows += [("drift", line) for line in _tell_drift(found)]
    told, lines = "", []
    for name, line in rows:
        lines.append(f"{'' if name == told else name:<9}  {line}")
        told = name
    return "\n".join([*alarm, *lines])


def _tell_gate(found: Watch, path: Path) -> list[str]:
    from shopglot.telling import GATES

    gate, lines = found.gate, [GATES[found.state]]
    if gate is None:
        return [*lines, f"{path} is not there: scripts/estimator {found.market} fits one on reviewers' verdicts"]
    if found.state not in ("fitted", "closed"):
        why = (
            f"{path} was fitted on scores of {gate.signature}" if gate.signature != found.signature
            else f"{path} promises less than the market's policy asks for"
        )  # fmt: skip
        return [*lines, f"{why}; scripts/estimator {found.market} fits it again"]
    promise = f"at most {gate.risk:.0%} of what is published unseen is bad, with {gate.confidence:.0%} confidence"
    lines.append(f"promised: {promise}")
    if gate.cutoff is None:
        return [*lines, f"fitted on {gate.listings} judged pages, which bore out no cut-off"]
    fitted = f"{gate.published} of {gate.listings} judged pages are above it, {gate.bad} of them bad"
    return [*lines, f"cut-off {gate.cutoff:g}: {fitted}: at most {gate.bound:.1%}"]


def _tell_audit(found: Watch) -> list[str]:
    audit, bounds = found.audit, found.audit.interval
    since = "" if found.since is None else f" since {found.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if bounds is None:
        drawn = f"none of {audit.drawn} drawn pages is judged yet" if audit.drawn else "no page has been drawn yet"
        lines = [f"{drawn}{since}; verdicts come in with `shopglot verdicts import --channel audit`"]
    else:
        rate = f"{audit.rate:.1%}, between {bounds[0]:.1%} and {bounds[1]:.1%} with 90% confidence"
        lines = [f"{audit.bad} of {audit.judged} judged pages are bad: {rate}; {audit.drawn} drawn{since}"]
    if found.others:
        lines.append(f"{found.others} more were drawn that the promise does not speak of (another score or cut-off)")
    return lines


def _tell_verdicts(found: Watch) -> str:
    counts = [f"{count} {channel}" for channel, count in found.verdicts.items() if count]
    return ", ".join(counts) or "none"


def _tell_drift(found: Watch) -> list[str]:
    from shopglot.quality.drift import LEAST, SHIFTED, SOME

    if not found.drift:
        return [f"{found.texts} machine texts: {LEAST} are needed, and an estimator that knows its calibration set"]
    lines = [f"{len(found.drift)} signals of {found.texts} machine texts against the calibration set"]
    changed = [(name, index) for name, index in found.drift.items() if index >= SOME]
    size = max((len(name) for name, _ in changed), default=0)
    lines += [f"  {name:<{size}}  {index:.2f}  {'shifted' if index > SHIFTED else 'some'}" for name, index in changed]
    if found.shifted:
        lines.append("scores were fitted on other texts than these: fit them again on verdicts of these")
    return lines if changed else [f"{lines[0]}: none has changed"]
