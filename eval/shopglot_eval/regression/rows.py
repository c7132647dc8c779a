"""An output as a line of a baseline, and back."""

from __future__ import annotations

from typing import Any, get_args

from shopglot.errors import DataError
from shopglot.types import Finding, Severity, Side, Verdict
from shopglot_eval.records import Came, Output

_OPTIONAL = {"score": (int, float), "signature": (str,), "verdict": (str,)}


def write_output(output: Output) -> dict[str, Any]:
    """Return the line of an output; what is as `Output` has it by itself is left out.

    A finding is [check, severity, side, start, end]. Scores are kept to six digits.
    """
    row: dict[str, Any] = {"id": output.id, "target": output.target}
    if output.origin != "machine":
        row["origin"] = output.origin
    if output.findings:
        row["findings"] = [[one.check, one.severity, one.side, one.start, one.end] for one in output.findings]
    if output.score is not None:
        row["score"] = round(output.score, 6)
    for name in ("signature", "verdict"):
        if (value := getattr(output, name)) is not None:
            row[name] = value
    if output.reasons:
        row["reasons"] = list(output.reasons)
    if output.attempts != 1:
        row["attempts"] = output.attempts
    if output.tokens:
        row["tokens"] = output.tokens
    return row


def read_output(row: Any, where: str) -> Output:
    """Return the output of a line. Raises DataError at `where`, naming the field, where it is none.

    The words of findings on the target's side are read off the target; those of the source are not known here.
    """
    _check_kinds(row, where)
    score = row.get("score")
    found, reasons = row.get("findings", []), row.get("reasons", [])
    if not isinstance(found, list):
        raise DataError(f"{where}: findings: a list is needed.")
    if not isinstance(reasons, list) or not all(isinstance(one, str) for one in reasons):
        raise DataError(f"{where}: reasons: a list of texts is needed.")
    return Output(
        id=row["id"], target=row["target"], origin=row.get("origin", "machine"),
        score=None if score is None else float(score),
        signature=row.get("signature"), verdict=row.get("verdict"), reasons=tuple(reasons),
        tokens=_count(row, "tokens", 0, where), attempts=_count(row, "attempts", 1, where),
        findings=tuple(_finding(one, row["target"], f"{where}: findings[{at}]") for at, one in enumerate(found)),
    )  # fmt: skip


def _check_kinds(row: Any, where: str) -> None:
    if not isinstance(row, dict):
        raise DataError(f"{where}: an object is needed.")
    for name in ("id", "target"):
        if not isinstance(row.get(name), str):
            raise DataError(f"{where}: {name}: a text is needed.")
    for name, kinds in _OPTIONAL.items():
        value = row.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise DataError(f"{where}: {name}: {value!r} is of the wrong kind.")
    score = row.get("score")
    if score is not None and not 0 <= score <= 1:
        raise DataError(f"{where}: score: {score!r} is not within 0..1.")
    if row.get("verdict") not in (None, *get_args(Verdict)):
        raise DataError(f"{where}: verdict: {row['verdict']!r} is none of {', '.join(get_args(Verdict))}.")
    if (origin := row.get("origin", "machine")) not in get_args(Came):
        raise DataError(f"{where}: origin: {origin!r} is none of {', '.join(get_args(Came))}.")


def _finding(entry: Any, target: str, where: str) -> Finding:
    if not isinstance(entry, list) or len(entry) != 5:
        raise DataError(f"{where}: [check, severity, side, start, end] is needed.")
    check, severity, side, start, end = entry
    if not isinstance(check, str) or severity not in get_args(Severity) or side not in get_args(Side):
        raise DataError(f"{where}: check, severity or side is wrong: {entry!r}.")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end:
        raise DataError(f"{where}: start and end are no span: {entry!r}.")
    words = target[start:end] if side == "target" else ""
    return Finding(
        check=check, severity=severity, side=side, start=start, end=end, text=words, message="", message_zh=""
    )


def _count(row: dict[str, Any], name: str, default: int, where: str) -> int:
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise DataError(f"{where}: {name}: a whole number is needed.")
    return value
