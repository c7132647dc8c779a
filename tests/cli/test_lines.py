"""Commands that answer line by line: one line in is one line out, whatever stands in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from shopglot.script import has_cjk

Invoke = Callable[..., Result]

ODD = [
    b"", b"   ", "面膜".encode(), "面膜\r".encode(), b"\xff\xfe\xe9\x9d",
    "👩‍👩‍👧‍👦 🇨🇳 面膜".encode(), "\U00020000\U000203aa面膜".encode(),
    b"\x00\x01\x1b[2J", "Ａ１２３　全角，标点。".encode(), "<p>面膜<b>好".encode(), "a\u2028b\u0085c\x0c\x0b".encode(),
    "ZQ1 面膜 {0} %s".encode(), "\ufeff面膜".encode(), "连衣裙".encode() * 11_111, "九".encode() * 5_000, b"9" * 5_000,
]  # fmt: skip
COMMANDS = [
    ("translate", "--market", "us", "--model", "fake"),
    ("translate", "--market", "hk", "--model", "fake", "--field", "description"),
    ("convert", "--market", "tw"),
    ("screen", "--market", "us"),
    ("screen", "--market", "mo", "--side", "target"),
]


def answers(result: Result) -> list[Any]:
    """Return the JSON objects on stdout, one a line."""
    assert 0 == result.exit_code, result.stderr
    return [json.loads(line) for line in result.stdout.split("\n")[:-1]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: "-".join(command[0:3:2]))
def test_one_line_in_one_line_out(command: tuple[str, ...], invoke: Invoke) -> None:
    """Empty lines, bytes that are no UTF-8, emoji, astral Han and 100 kB each give exactly one line."""
    result = invoke(*command, stdin=b"".join(line + b"\n" for line in ODD))
    assert (0, "") == (result.exit_code, result.stderr)
    assert len(ODD) == result.stdout_bytes.count(b"\n")
    if command[0] != "convert":
        assert len(ODD) == len(answers(result))


def test_last_line_without_line_end(invoke: Invoke) -> None:
    """The last line counts without a line end; no input is no output."""
    assert ("手機殼\n薯仔\n", "") == (
        invoke("convert", "--market", "hk", stdin="手机壳\n土豆").stdout,
        invoke("convert", "--market", "hk").stdout,
    )


def test_real_process_keeps_bytes() -> None:
    """Through real pipes and a C locale stdout is UTF-8, one line for each line, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", "from shopglot.cli import main; main()", "convert", "--market", "hk"],
        input="手机壳\r\n\n".encode() + b"\xff\n" + "👩\u200d👧\n".encode(),
        capture_output=True,
        check=True,
        env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONPATH": ":".join(sys.path), "PATH": ""},
    )
    assert ("手機殼\n\n\ufffd\n👩\u200d👧\n".encode(), b"") == (done.stdout, done.stderr)


def test_translate_has_the_shape_of_the_contract(invoke: Invoke) -> None:
    """Every answer has the keys of the contract, and says that the fake model made it."""
    (answer,) = answers(invoke("translate", "--market", "us", "--model", "fake", stdin="云感柔软 面膜\n"))
    assert "source target market model origin score findings decision reasons".split() == list(answer)
    assert ("云感柔软 面膜", "us", "fake@1", "machine") == tuple(
        answer[key] for key in ("source", "market", "model", "origin")
    )
    assert not has_cjk(answer["target"])
    assert 0 <= answer["score"] <= 1
    assert answer["decision"] in ("publish", "review", "reject")


def test_translate_keeps_order_and_reads_ahead_in_blocks(invoke: Invoke) -> None:
    """More lines than are read ahead at once come back in order."""
    lines = [f"柔软{number}号" for number in range(300)]
    found = answers(invoke("translate", "--market", "us", "--model", "fake", stdin="\n".join(lines) + "\n"))
    assert lines == [answer["source"] for answer in found]


def test_translate_finds_where_words_stand_in_the_line(invoke: Invoke) -> None:
    """Offsets are into the whole line, also where the same sentence comes twice."""
    line = "很软。加微信！很软。加微信！"
    (answer,) = answers(invoke("translate", "--market", "us", "--model", "fake", "--field", "note", stdin=line + "\n"))
    hits = [item for item in answer["findings"] if item["check"] == "common.diversion" and item["side"] == "source"]
    assert [(3, 6), (10, 13)] == [(item["start"], item["end"]) for item in hits]
    assert ["加微信", "加微信"] == [line[item["start"] : item["end"]] for item in hits]
    assert "reject" == answer["decision"]


def test_check_answers_pairs(invoke: Invoke) -> None:
    """A wrong currency is found with its words, a clean pair has no findings, a field may be named."""
    pairs = [
        {"source": "满99元包邮", "target": "Free shipping over $99"},
        {"source": "面膜", "target": "Face mask", "field": "title"},
    ]
    wrong, clean = answers(invoke("check", "--market", "us", stdin="\n".join(map(json.dumps, pairs)) + "\n"))
    assert {"currency.changed"} <= {finding["check"] for finding in wrong["findings"]}
    assert {"findings": []} == clean
    keys = "check severity side start end text message message_zh suggestion basis".split()
    assert [keys] * len(wrong["findings"]) == [list(finding) for finding in wrong["findings"]]


@pytest.mark.parametrize(
    "pair",
    [
        {"source": "\ud800面膜12", "target": "mask \udfff"},
        {"source": "", "target": ""},
        {"source": "九" * 5_000, "target": "9" * 5_000},
        {"source": "连衣裙" * 5_000, "target": "ab " * 5_000},
        {"source": "1.5" * 5_000, "target": "1.5" * 5_000, "field": "nothing-known"},
        {"source": "\U00020000👩‍👩‍👧", "target": "<b>"},
    ],
    ids=range(6),
)
@pytest.mark.parametrize("market", ["us", "hk"])
def test_check_survives_any_text(pair: dict[str, str], market: str, invoke: Invoke) -> None:
    """Lone surrogates, endless numerals and empty texts give one line that is JSON."""
    (answer,) = answers(invoke("check", "--market", market, stdin=json.dumps(pair) + "\n"))
    assert ["findings"] == list(answer)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("", "no JSON"),
        ("面膜", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", '{"source": …, "target": …}'),
        ('{"target": "x"}', "'source'"),
        ('{"source": "x", "target": 1}', "'target'"),
        ('{"source": "x", "target": "y", "field": null}', "'field'"),
    ],
    ids=range(7),
)
def test_check_names_the_line_that_is_no_pair(line: str, named: str, invoke: Invoke) -> None:
    """Exit status 2, with the line and what is wrong; earlier lines have their answers."""
    result = invoke("check", "--market", "us", stdin='{"source": "面膜", "target": "Face mask"}\n' + line + "\n")
    assert (2, '{"findings": []}\n') == (result.exit_code, result.stdout)
    assert result.stderr.startswith("shopglot: stdin:2: ")
    assert named in result.stderr


def test_screen_says_what_to_do(invoke: Invoke) -> None:
    """A text is blocked or passed by its worst finding."""
    blocked, passed = answers(invoke("screen", "--market", "us", stdin="祛斑神器，加微信\n记忆棉枕头\n"))
    assert ("block", True) == (blocked["action"], bool(blocked["findings"]))
    assert {"action": "pass", "findings": []} == passed
    assert all(finding["message"] and has_cjk(finding["message_zh"]) for finding in blocked["findings"])


@pytest.mark.parametrize(
    ("arguments", "status", "named"),
    [
        (["translate"], 2, "--market"),
        (["translate", "--market", "fr"], 2, "'us', 'hk', 'mo', 'tw'"),
        (["translate", "--market", "us", "--model", "nothing"], 2, "Known models: "),
        (["translate", "--market", "hk", "--model", "nothing"], 2, "Known models: "),
        (["translate", "--market", "us", "--field", "price"], 2, "'title'"),
        (["convert", "--market", "us"], 2, "shopglot translate"),
        (["screen", "--market", "us", "--side", "left"], 2, "'source', 'target'"),
        (["nothing"], 2, "No such command"),
    ],
)
def test_bad_usage(arguments: list[str], status: int, named: str, invoke: Invoke) -> None:
    """Exit status 2, nothing on stdout, and the message names what is possible."""
    result = invoke(*arguments, stdin="面膜\n")
    assert (status, "") == (result.exit_code, result.stdout)
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_broken_data_folder(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder without glossaries is named, with the variable to set."""
    monkeypatch.setenv("SHOPGLOT_DATA", "nowhere")
    result = invoke("screen", "--market", "us", stdin="面膜\n")
    assert (2, "") == (result.exit_code, result.stdout)
    assert "SHOPGLOT_DATA" in result.stderr
