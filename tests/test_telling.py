"""Summaries, status and history in words."""

from __future__ import annotations

from typing import Any

import pytest

from shopglot.summary import Summary
from shopglot.telling import _tell_act, table, tell_history, tell_status, tell_summary, width
from shopglot.types import Outcome


def finding(**about: Any) -> dict[str, Any]:
    """Return a finding as the store gives it."""
    return {
        "check": "us.fda.drug-claim", "severity": "error", "side": "source", "start": 0, "end": 2, "text": "祛斑",
        "message": "A drug claim.", "message_zh": "“祛斑”属于药品宣称。", "suggestion": "改为“提亮肤色”",
        "basis": "21 U.S.C. 321",
    } | about  # fmt: skip


def held(*findings: dict[str, Any], **about: Any) -> dict[str, Any]:
    """Return an outcome event with one held segment."""
    segment = {
        "path": "/fields/title", "index": 0, "source": "七天祛斑", "target": "Remove spots in 7 days", "score": 0.5,
        "signature": "en@1/forward", "reasons": ["us.fda.drug-claim"], "findings": list(findings),
    } | about  # fmt: skip
    return {
        "event": "outcome", "at": "2026-01-02T03:04:05Z", "market": "us", "status": "reject",
        "reasons": ["us.fda.drug-claim"], "field": "", "message": "", "message_zh": "", "held": [segment],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("面膜", 4), ("ＡＢ", 4), ("a面", 3), ("\U00020000", 2)]
)
def test_width(text: str, columns: int) -> None:
    """Chinese, full-width and astral Han characters take two columns."""
    assert columns == width(text)


def test_table_is_aligned_with_chinese() -> None:
    """Columns start at the same place on a terminal; numbers stand right; no line ends in spaces."""
    lines = table([["商家", "3", "x"], ["shop", "12.5", "面膜"], ["", "1000", ""]], indent=2)
    assert ["  商家     3  x", "  shop  12.5  面膜", "        1000"] == lines
    assert [] == table([])


def test_table_columns_stand_below_one_another() -> None:
    """Whatever the script of the first column, the second starts in the same column."""
    lines = table([["面膜面膜", "x"], ["ab", "x"], ["a面", "x"]])
    assert {10} == {width(line[: line.index("x")]) for line in lines}


def test_table_refuses_ragged_rows() -> None:
    """A row of another length is a mistake of the caller, not of the layout."""
    with pytest.raises(ValueError, match="zip"):
        table([["a", "b"], ["a"]])


def test_summary_in_words() -> None:
    """Counts of each market, what came from memory, the model, and why pages were held."""
    summary = Summary(markets=("us", "hk"), run_id=7, resumed=True, listings=3, failed_lines=1, signature="fake@1")
    summary.count(Outcome(line=1, merchant="", id="1", market="us", status="review", reasons=("score.low",)))
    told = tell_summary(summary.as_json())
    assert told.startswith("run 7 (taken up again): 3 lines, 1 broken, in 0.0 s\n")
    assert "us            0       1       0       0        0" in told
    assert "made by    fake@1" in told
    assert told.endswith("  1  score.low")


def told_gates(**gates: str) -> list[str]:
    """Return what is told of the gates of a run."""
    told = tell_summary(Summary(markets=tuple(gates), gates=gates).as_json()).splitlines()
    return [line for line in told if line.startswith("gate")]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("fitted", "the market's promise stands behind what was published"),
        ("closed", "no cut-off keeps the market's promise, so that every page waits for review"),
        ("plain", "published by a plain cut-off, and no promise stands behind it"),
        ("uncalibrated", "every page waits for review (--allow-uncalibrated publishes by a plain cut-off)"),
    ],
)
def test_summary_says_what_stands_behind_it(state: str, words: str) -> None:
    """Each market has a line that says whether its promise holds; only a fitted gate promises."""
    (line,) = told_gates(us=state)
    assert line.startswith("gate       us: ")
    assert line.endswith(words)
    assert (state in ("plain", "uncalibrated")) == ("uncalibrated:" in line)


def test_every_market_has_its_gate_told() -> None:
    """Markets differ, and stand in their order."""
    lines = told_gates(us="fitted", mo="uncalibrated", hk="closed")
    assert ["us", "mo", "hk"] == [line.split()[1].rstrip(":") for line in lines]
    assert 3 == len({line.split(": ", 1)[1] for line in lines})


@pytest.mark.parametrize(("audited", "lines"), [(0, 0), (3, 1)])
def test_summary_says_what_is_audited(audited: int, lines: int) -> None:
    """Pages that were drawn for a reviewer are told, where there are any."""
    told = tell_summary(Summary(markets=("us",), audited=audited).as_json())
    assert lines == told.count("audit      3 of the published pages wait for a reviewer all the same")
    assert lines == told.count("audit ")


def test_summary_of_an_older_store() -> None:
    """The summary of a run from before gates and audits can still be told."""
    old = {
        key: value
        for key, value in Summary(markets=("us",)).as_json().items()
        if key not in ("gates", "audited")
    }  # fmt: skip
    assert "gate" not in tell_summary(old)


def test_summary_without_holds() -> None:
    """Where nothing was held there is no list of reasons."""
    assert "because of" not in tell_summary(Summary(markets=("us",)).as_json())


STATUS: dict[str, Any] = {
    "store": "night.db", "items": {}, "published": {}, "held": [], "memory": {"machine": 0, "human": 0},
    "undelivered": 0, "runs": [], "unfinished": [],
}  # fmt: skip


def test_status_of_an_empty_store() -> None:
    """A store without runs says so."""
    told = tell_status(STATUS)
    assert "nothing has been worked on yet" in told
    assert told.endswith("last runs\n  none")


def test_status_of_a_store() -> None:
    """Counts, holds, runs with their broken lines, and that a run was cut off."""
    summary = {"listings": 4, "failed_lines": 1, "published": 2, "seconds": 0.5}
    began = "2026-01-02T03:04:05Z"
    run = {"run_id": 1, "started_at": began, "status": "finished", "summary": summary, "catalog": "c.jsonl"}
    told = tell_status(
        STATUS
        | {
            "items": {"us": {"publish": 2, "reject": 1}},
            "published": {"us": 2},
            "held": [{"count": 1, "market": "us", "reason": "common.diversion"}],
            "runs": [run | {"run_id": 2, "status": "running", "summary": None}, run],
            "unfinished": [run],
        }
    )
    assert "us            2        2       0       1" in told
    assert "1  us  common.diversion" in told
    assert "2026-01-02 03:04:05  finished  4 lines, 1 broken, 2 published, 0.5 s  c.jsonl" in told
    assert told.endswith("the same `shopglot run` command goes on where it was.")


def test_history_shows_why_in_chinese() -> None:
    """A held segment has its words, the rule, the reason, the way out and the basis in Chinese."""
    told = tell_history("p1", [held(finding())]).splitlines()
    assert [
        "listing p1",
        "  us  reject  us.fda.drug-claim",
        "      /fields/title  score 0.50 (en@1/forward)",
        "        原文  七天祛斑",
        "        译文  Remove spots in 7 days",
        "        必须处理  “祛斑”  us.fda.drug-claim",
        "          “祛斑”属于药品宣称。",
        "          建议：改为“提亮肤色”",
        "          依据：21 U.S.C. 321",
    ] == told


def test_rule_on_both_sides_is_told_once() -> None:
    """The hit on the translation is left out where the source has the same; one on the target alone is told."""
    both = [finding(), finding(side="target", text="Remove spots")]
    alone = [finding(side="target", text="Remove spots"), finding(check="number.changed", text="7")]
    told = tell_history("p1", [held(*both)])
    assert (1, 1, 0) == tuple(told.count(part) for part in ("必须处理", "“祛斑”  ", "“Remove spots”"))
    assert 2 == tell_history("p1", [held(*alone)]).count("必须处理")


def test_two_hits_in_the_source_are_both_told() -> None:
    """Every place in the merchant's own text is named."""
    assert 2 == tell_history("p1", [held(finding(), finding(text="美白"))]).count("必须处理")


@pytest.mark.parametrize(("severity", "word"), [("error", "必须处理"), ("warning", "需要确认"), ("info", "提示")])
def test_severities_have_words(severity: str, word: str) -> None:
    """Each severity says what it asks of the merchant; what has no suggestion or basis shows none."""
    told = tell_history("p1", [held(finding(severity=severity, suggestion="", basis=""))])
    assert word in told
    assert "建议" not in told
    assert "依据" not in told


def test_low_score_has_a_way_out() -> None:
    """A segment that only the score holds says so in Chinese."""
    told = tell_history("p1", [held(reasons=["score.low"])])
    assert "需要确认  score.low\n          机器对这段译文把握不足" in told


@pytest.mark.parametrize(
    ("reason", "words"),
    [("gate.closed", "该市场目前所有译文都须经译员确认后再发布"), ("gate.uncalibrated", "该市场的自动评分尚未校准")],
)
def test_hold_of_the_gate_asks_nothing_of_the_merchant(reason: str, words: str) -> None:
    """A segment that only the gate holds says whose turn it is, once."""
    told = tell_history("p1", [held(reasons=[reason])])
    assert f"需要确认  {reason}\n          {words}" in told
    assert told.endswith("您无需修改。")


def test_terminal_is_not_obeyed_by_a_merchant() -> None:
    """Control characters of a listing do not reach the terminal."""
    told = tell_history("p1", [held(finding(text="\x1b[2J"), source="a\x1b[31m\nb\x9b", target="\x07")])
    assert [] == [character for character in "\x1b\x9b\x07" if character in told]


def test_history_of_versions_and_plain_outcomes() -> None:
    """Runs, publications, withdrawals, and outcomes without segments with their messages."""
    at = "2026-01-02T03:04:05Z"
    version = {"event": "version", "at": at, "market": "us", "version": 1, "kind": "publish", "current": True}
    plain = {
        "event": "outcome", "at": at, "market": "hk", "status": "skipped", "reasons": ["language.en"],
        "field": "fields", "message": "Written in 'en'.", "message_zh": "英文",
    }  # fmt: skip
    told = tell_history(
        "p1",
        [
            {"event": "run", "at": at, "run_id": 3, "catalog": "c.jsonl", "status": "finished"},
            version,
            version | {"version": 2, "kind": "withdraw"},
            plain,
        ],
    )
    assert [
        "listing p1", "", "2026-01-02 03:04:05  run 3 over c.jsonl (finished)",
        "  us  published as version 1, on sale now",
        "  us  taken down as version 2", "  hk  skipped  language.en", "      fields  Written in 'en'.", "      英文",
    ] == told.splitlines()  # fmt: skip


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        ("reject", {"error": "number", "severity": "major", "words": 12}, "not to be published as it is: major number"),
        ("send-back", {"message_zh": "请修改：\n1. “第一”"}, "the merchant is told: 请修改： 1. “第一”"),
        ("undo", {"what": "send-back", "act": 3}, "what was taken back: send-back"),
        ("assign", {"assignee": "theo", "due_at": None}, "it is for theo"),
        ("assign", {"assignee": None, "due_at": None}, "it is for nobody"),
    ],
)
def test_deeds_at_the_desk_are_told(action: str, detail: dict[str, Any], words: str) -> None:
    """What a person did at the desk says more than its name."""
    event = {"event": "act", "action": action, "by": "lin", "market": "us", "note": "", "detail": detail}
    said = "\n".join(_tell_act({**event, "at": "2026-08-02T01:30:00Z"}, "2026-08-02 01:30:00"))
    assert words in said
