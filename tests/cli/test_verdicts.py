"""`shopglot verdicts`: import, export and agreement as people call them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError
from shopglot.store import open_store
from shopglot.store.interchange import KEYS, describe, read_judgements
from shopglot.types import Judgement

Invoke = Callable[..., Result]

NOW = datetime(2026, 8, 2, 12, tzinfo=UTC)
LEAST = {
    "market": "us", "listing": "xhs-1", "path": "/fields/title", "source": "记忆棉枕头", "target": "Memory foam",
    "origin": "machine", "published": True,
}  # fmt: skip
WHOLE = {
    "market": "hk", "merchant": "m", "listing": "xhs-2", "path": "/fields/note", "index": 4, "field": "note",
    "category": "家居", "source": "😀第一行\r\n\u2028“引号”,", "target": "x\ud800\x00", "model": "card@1",
    "origin": "memory", "unit_key": "u", "score": 0.123456789012345, "signature": "s:1", "published": False,
    "error": "script", "severity": "major", "note": "=1+1", "reviewer": "wu", "channel": "audit",
    "judged_at": "2026-08-02T20:00:00.000001+08:00",
}  # fmt: skip


def lines(*rows: dict[str, Any]) -> bytes:
    """Return rows as JSON lines; lone surrogates are escaped."""
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def read(content: bytes, **options: Any) -> list[Judgement]:
    """Read judgements from the lines of a file."""
    given_: dict[str, Any] = {"channel": "import", "reviewer": "lin", "now": NOW} | options
    return list(read_judgements(io.BytesIO(content), "v.jsonl", **given_))


def test_what_is_exported_is_what_was_imported(invoke: Invoke, tmp_path: Path) -> None:
    """Out, into another store and out again: the same bytes, in the same order."""
    result = invoke("verdicts", "import", "-", "--reviewer", "lin", "--json", stdin=lines(WHOLE, LEAST))
    assert 0 == result.exit_code, result.stderr
    expected = {"verdicts": 2, "added": 2, "replaced": 0, "duplicates": 0, "outdated": 0}
    assert (expected, "") == (json.loads(result.stdout), result.stderr)
    first = invoke("verdicts", "export").stdout_bytes
    (tmp_path / "v.jsonl").write_bytes(first)
    assert 0 == invoke("verdicts", "import", "v.jsonl", "--store", "b.db", "--channel", "seed").exit_code
    assert first == invoke("verdicts", "export", "--store", "b.db").stdout_bytes
    whole, least = map(json.loads, first.splitlines())
    assert WHOLE | {"judged_at": "2026-08-02T12:00:00.000001Z"} == whole
    assert LEAST | {"reviewer": "lin", "channel": "import", "score": None, "signature": None} == {
        key: least[key] for key in (*LEAST, "reviewer", "channel", "score", "signature")
    }
    assert list(KEYS) == list(least)


def test_export_chooses_market_channel_and_form(invoke: Invoke) -> None:
    """CSV has the same columns, with a header even where there is nothing."""
    invoke("verdicts", "import", "-", "--reviewer", "lin", stdin=lines(WHOLE | {"target": "x"}, LEAST))
    only = invoke("verdicts", "export", "--market", "us").stdout.splitlines()
    assert ["xhs-1"] == [json.loads(line)["listing"] for line in only]
    assert 1 == len(invoke("verdicts", "export", "--channel", "audit").stdout.splitlines())
    table = invoke("verdicts", "export", "--market", "hk", "--format", "csv").stdout_bytes.decode()
    [row] = csv.DictReader(io.StringIO(table, newline=""))
    assert (str(WHOLE["source"]), "false", "4") == (row["source"], row["published"], row["index"])
    empty = invoke("verdicts", "export", "--channel", "desk", "--format", "csv").stdout_bytes
    assert [",".join(KEYS)] == empty.decode().splitlines()


def test_duplicates_are_counted(invoke: Invoke) -> None:
    """Words for people say what was new, what replaced what, and what was known."""
    one = LEAST | {"judged_at": "2026-08-02T00:00:00Z", "reviewer": "lin"}
    later = one | {"judged_at": "2026-08-03T00:00:00Z", "published": False}
    result = invoke("verdicts", "import", "-", stdin=lines(one, one, later, one))
    assert (
        "4 verdicts read: 1 added, 1 in place of an earlier one, 1 known already, 1 older than what is known\n"
        == result.stdout
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "no JSON object: "),
        (b"[1]", "a JSON object is needed"),
        (b"\xff", "byte 1 is no UTF-8"),
        (b"[" * 100_000, "no JSON object: "),
        (b'{"score": ' + b"9" * 5000 + b"}", "no JSON object: "),
        (b'{"market": "us", "market": "hk"}', "no JSON object: "),
        (lines(LEAST | {"verdict": 1}), "field 'verdict' is not known; the fields are market, "),
        (lines({key: value for key, value in LEAST.items() if key != "target"}), "field 'target' is missing"),
        (lines(LEAST | {"market": "fr"}), "field 'market' must be one of 'us', 'hk', 'mo', 'tw'"),
        (lines(LEAST | {"published": "yes"}), "field 'published' must be true or false"),
        (lines(LEAST | {"published": 1}), "field 'published' must be true or false"),
        (lines(LEAST | {"source": None}), "field 'source' must be a text"),
        (lines(LEAST | {"origin": ["machine"]}), "field 'origin' must be a text"),
        (lines(LEAST | {"index": True}), "field 'index' must be a whole number"),
        (lines(LEAST | {"index": 2**31}), "field 'index' must be a whole number"),
        (lines(LEAST | {"index": -1}), "field 'index' must be a whole number"),
        (lines(LEAST | {"score": float("nan")}), "field 'score' must be a number from 0 to 1"),
        (lines(LEAST | {"score": 10**400}), "field 'score' must be a number from 0 to 1"),
        (lines(LEAST | {"score": False}), "field 'score' must be a number from 0 to 1"),
        (lines(LEAST | {"error": "typo"}), "field 'error' must be one of '', 'mistranslation'"),
        (lines(LEAST | {"severity": "bad"}), "field 'severity' must be one of '', 'minor', 'major', 'critical'"),
        (lines(LEAST | {"channel": "mail"}), "field 'channel' must be one of"),
        (lines(LEAST | {"listing": ""}), "field 'listing' is empty"),
        (lines(LEAST | {"judged_at": "2026-08-02"}), "field 'judged_at' must be a moment with its zone"),
        (lines(LEAST | {"judged_at": "0001-01-01T00:00:00+14:00"}), "field 'judged_at' must be a moment"),
        (lines(LEAST | {"judged_at": 7}), "field 'judged_at' must be a moment"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(
    invoke: Invoke, tmp_path: Path, line: bytes, message: str
) -> None:
    """File, line and field; exit status 2; the good lines before it are not there either."""
    (tmp_path / "v.jsonl").write_bytes(lines(LEAST) + b"\n" + line.rstrip(b"\n") + b"\n")
    result = invoke("verdicts", "import", "v.jsonl", "--reviewer", "lin")
    assert (2, "") == (result.exit_code, result.stdout)
    assert result.stderr.startswith(f"shopglot: v.jsonl:3: {message}")
    with open_store("shopglot.db") as store:
        assert 0 == store.count_judgements()


def test_a_reviewer_has_to_be_named(invoke: Invoke) -> None:
    """In the line or by the option; stdin is named as such."""
    result = invoke("verdicts", "import", "-", stdin=lines(LEAST))
    assert 2 == result.exit_code
    assert "stdin:1: field 'reviewer' is missing; add it, or name a reviewer with --reviewer." in result.stderr


def test_files_and_stores_that_are_not_there(invoke: Invoke) -> None:
    """A missing file is the caller's to mend; a missing store is not made by reading."""
    result = invoke("verdicts", "import", "no.jsonl")
    assert 2 == result.exit_code
    assert "no.jsonl: No such file or directory; name a file" in result.stderr
    for command in (("export",), ("agreement", "--market", "us")):
        result = invoke("verdicts", *command)
        assert 1 == result.exit_code
        assert "there is no such file" in result.stderr
    assert not Path("shopglot.db").exists()


def test_a_mark_and_blank_lines_are_no_error() -> None:
    """A byte order mark, Windows line ends, blank lines and a last line without an end."""
    content = b"\xef\xbb\xbf" + lines(LEAST).rstrip(b"\n") + b"\r\n \r\n\n" + lines(LEAST).rstrip(b"\n")
    assert 2 == len(read(content))


@given(
    text=st.text(st.characters(exclude_categories=()), max_size=20).filter(
        # Half pairs that meet are a whole character to JSON.
        lambda text: text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") == text
    ),
    moment=st.datetimes(timezones=st.just(UTC)),
    score=st.none() | st.floats(0, 1),
)
@settings(max_examples=100, deadline=None)
def test_any_judgement_survives_its_line(text: str, moment: datetime, score: float | None) -> None:
    """What a line says is read back as it was, whatever the text, the moment and the number."""
    judgement = Judgement(
        market="tw", listing="x" + text, path=text, source=text, target=text, origin="certain", score=score,
        signature=text, published=True, note=text, reviewer="r" + text, channel="desk", judged_at=moment,
    )  # fmt: skip
    assert [judgement] == read(lines(describe(judgement)))


def test_defaults_do_not_override_a_line() -> None:
    """Channel, reviewer and moment of the line stand before those of the command."""
    [whole, least] = read(lines(WHOLE, LEAST), channel="seed")
    assert ("audit", "wu") == (whole.channel, whole.reviewer)
    assert ("seed", "lin", NOW) == (least.channel, least.reviewer, least.judged_at)


def test_reading_stops_at_the_wrong_line() -> None:
    """The lines before it have been given; nothing is guessed for it."""
    found = read_judgements(io.BytesIO(lines(LEAST, {})), "v", channel="desk", reviewer="lin", now=NOW)
    assert "xhs-1" == next(found).listing
    with pytest.raises(DataError, match="v:2: field 'market' is missing"):
        next(found)


def test_agreement_is_told(invoke: Invoke) -> None:
    """No pairs is said in words; with pairs there are counts, raw agreement and kappa."""
    invoke("verdicts", "import", "-", "--reviewer", "lin", stdin=lines(LEAST))
    result = invoke("verdicts", "agreement", "--market", "us")
    assert (0, "us: no pairs: no segment was judged by two reviewers\n") == (result.exit_code, result.stdout)
    told = json.loads(invoke("verdicts", "agreement", "--market", "us", "--json").stdout)
    assert {"market": "us", "segments": 0, "judged_pairs": 0, "raw": None, "kappa": None, "pairs": []} == told
    both = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    rows = [
        LEAST | {"index": index, "published": published, "reviewer": reviewer}
        for index, pair in enumerate(both)
        for reviewer, published in zip(("ann", "bo"), pair, strict=True)
    ]
    invoke("verdicts", "import", "-", stdin=lines(*rows))
    result = invoke("verdicts", "agreement", "--market", "us")
    # lin judged the first text as well: two pairs more, both of one mind.
    assert "us: 50 segments judged twice or more, 52 pairs of verdicts: 71.2% agree, kappa" in result.stdout
    assert "  ann and bo: 50 segments, 35 agree, kappa 0.40\n" in result.stdout
    assert "  ann and lin: 1 segments, 1 agree, kappa does not exist (both always said the same)\n" in result.stdout
    told = json.loads(invoke("verdicts", "agreement", "--market", "us", "--json").stdout)
    assert {"reviewers": ["ann", "bo"], "segments": 50, "agreed": 35, "chance": 0.5} == {
        key: value for key, value in told["pairs"][0].items() if key != "kappa"
    }
    assert pytest.approx(0.4) == told["pairs"][0]["kappa"]
