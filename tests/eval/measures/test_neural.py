"""Neural metrics by card: skipped with a reason, or asked in another process; a tiny fake stands in for COMET."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot.errors import DataError, ModelError
from shopglot_eval.measures import neural
from shopglot_eval.measures.neural import Neural, measures, read_card
from shopglot_eval.measures.significance import compare
from shopglot_eval.records import Example, Output, Pair

FAKE = """
import os, pathlib

class Found:
    def __init__(self, scores):
        self.scores = scores

class Model:
    def predict(self, samples, batch_size, gpus, progress_bar):
        with open(pathlib.Path(__file__).parent / "asked.txt", "a") as file:
            file.write(f"{len(samples)} {os.environ['HF_HUB_OFFLINE']}\\n")
        print("a line of progress that has no business here")
        return Found([SCORE for sample in samples])

def load_from_checkpoint(path):
    assert pathlib.Path(path).read_text() == "weights"
    return Model()
"""
OVERLAP = "len(set(sample['mt']) & set(sample['ref'])) / len(set(sample['ref']))"
CARD = """
name = "tiny"
title = "Tiny"
kind = "comet"
licence = "Apache-2.0"
better = "higher"
reference = true
scale = 100
requires = "comet-of-ours"

[source]
repository = "owner/tiny"
revision = "0123456789012345678901234567890123456789"

[source.files]
"checkpoints/model.ckpt" = "DIGEST"
"""


def pair(number: int, target: str, *references: str) -> Pair:
    """Return a pair of a target and its references."""
    example = Example(id=f"e{number}", market="us", source="源", references=references)
    return Pair(example=example, output=Output(id=example.id, target=target))


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card, and its weights in a cache beside it."""
    path = tmp_path / "cards" / "tiny.toml"
    path.parent.mkdir()
    path.write_text(CARD.replace("DIGEST", hashlib.sha256(b"weights").hexdigest()), encoding="utf-8")
    weights = tmp_path / "hub/models--owner--tiny/snapshots/0123456789012345678901234567890123456789/checkpoints"
    weights.mkdir(parents=True)
    (weights / "model.ckpt").write_text("weights")
    return path


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages for the other Python; it has no torch that takes seconds to load."""
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "torch.py").write_text("class cuda:\n    is_available = staticmethod(lambda: False)\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def tiny(card: Path, packages: Path | None = None, score: str = OVERLAP) -> Neural:
    """Return the metric of the card, its package installed where a folder is given."""
    if packages is not None:
        (packages / "comet.py").write_text(FAKE.replace("SCORE", score))
    (one,) = measures(card.parent, python=sys.executable, cache=card.parents[1] / "hub")
    return one


def test_cards_of_the_project() -> None:
    """All are read, pinned, and skipped with a reason where there are no weights."""
    found = measures(cache=Path("/nowhere"))
    assert ["comet22", "cometkiwi22", "metricx24-xl"] == [one.name for one in found]
    assert ["higher", "higher", "lower"] == [one.better for one in found]
    for one in found:
        figure = one.measure([pair(1, "a", "a")])
        assert figure.value is None
        assert figure.note.startswith(f"skipped: no weights of {one.card.source.repository} here")
        assert f"hf download {one.card.source.repository} --revision {one.card.source.revision}" in figure.note
        assert one.value(pair(1, "a", "a")) is None
        assert compare(one, [pair(1, "a", "a")], [pair(1, "b", "a")]) is None


def test_scores(card: Path, packages: Path) -> None:
    """The mean over texts, and over the references of a text, on the card's scale; each is asked for once."""
    metric = tiny(card, packages)
    pairs = [
        pair(1, "ab", "ab"),
        pair(2, "ab", "ax", "qrst"),
        pair(3, "zz", "ab"),
        pair(4, "a"),
        pair(5, "ab", "ab", " "),
    ]
    figure = metric.measure(pairs)
    assert [100.0, 25.0, 0.0, None, 100.0] == [metric.value(one) for one in pairs]
    assert (56.25, 4) == (figure.value, figure.count)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low <= 56.25 <= figure.high
    assert "1 of 5 texts have no reference" == figure.note
    assert ("e3", "e2", "e1", "e5") == figure.against
    assert "owner/tiny@0123456789012345678901234567890123456789" == figure.signature
    metric.measure([*pairs, pair(6, "new", "text")])
    assert ["4 1", "1 1"] == (packages / "asked.txt").read_text().split("\n")[:-1]


def test_texts_of_all_kinds(card: Path, packages: Path) -> None:
    """Half characters, line ends and markup reach the metric one by one; a lower score may be the better one."""
    metric = tiny(card, packages, score="float(len(sample['mt']))")
    metric = replace(metric, card=replace(metric.card, better="lower", scale=1))
    pairs = [pair(n, text, "r") for n, text in enumerate(["\ud800", "a\nb\r\n\u2028", "</p>\x00", "👍🏽", ""])]
    figure = metric.measure(pairs)
    assert [1.0, 6.0, 5.0, 2.0, 0.0] == [metric.value(one) for one in pairs]
    assert "e1" == figure.against[0]


def test_without_the_package(card: Path, packages: Path) -> None:
    """The note says which module is missing, where, and what to do; it is tried once."""
    metric = tiny(card)
    note = metric.measure([pair(1, "a", "a")]).note
    assert f"skipped: no module 'comet' in {sys.executable}; install `comet-of-ours` and set {neural.PYTHON}" in note
    tiny(card, packages)
    assert note == metric.measure([pair(1, "a", "a")]).note


def test_nothing_to_ask(card: Path, packages: Path) -> None:
    """Without references there is nothing to ask, and nobody is asked."""
    figure = tiny(card, packages).measure([pair(1, "a")])
    assert (None, "1 of 1 texts have no reference") == (figure.value, figure.note)
    assert not (packages / "asked.txt").exists()


def test_other_weights(card: Path, packages: Path) -> None:
    """Weights that are not the card's are refused."""
    metric = tiny(card, packages)
    path = metric.card.source.folder(metric.cache) / "checkpoints" / "model.ckpt"
    path.write_text("others")
    with pytest.raises(ModelError, match=r"model\.ckpt: SHA-256 is .*, not that of the card"):
        metric.measure([pair(1, "a", "a")])


@pytest.mark.parametrize("score", ["'high'", "float('nan')", "1 / 0"])
def test_bad_answers(card: Path, packages: Path, score: str) -> None:
    """A metric that fails, or says what is no number, ends the work; it never becomes a figure."""
    with pytest.raises(ModelError, match="Tiny: "):
        tiny(card, packages, score=score).measure([pair(1, "a", "a")])


def test_no_such_python(card: Path) -> None:
    """A Python that cannot be started is named."""
    with pytest.raises(ModelError, match=f"cannot start /no/python .*{neural.PYTHON}"):
        replace(tiny(card), python="/no/python").measure([pair(1, "a", "a")])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('title = "Tiny"', ""), "field 'title' is missing"),
        (("scale = 100", 'scale = "100"'), "field 'scale' is missing or no int"),
        (('"comet"', '"bleurt"'), "field 'kind' is 'bleurt'"),
        (('"comet"', '"metricx"'), "field 'tokenizer' is missing"),
        (('"higher"', '"more"'), "field 'better' is 'more'"),
        (('"0123456789012345678901234567890123456789"', '"main"'), "'source.revision' is no commit"),
        (("owner/tiny", "../tiny/x"), "'source.repository' is no OWNER/NAME"),
        (("checkpoints/model", "../model"), "wanted a path and its SHA-256"),
        (("scale = 100", "scale = 100\ncolour = 1"), "unknown field 'colour'"),
        (("scale = 100", "scale 100"), "cannot be read as TOML"),
        (("[source.files]", "[source.other]"), "'source.files' names no file"),
    ],
)  # fmt: skip
def test_bad_cards(card: Path, change: tuple[str, str], message: str) -> None:
    """What is wrong with a card is said with file and field."""
    card.write_text(card.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        read_card(card)
    assert str(card) in str(caught.value)


def test_unpinned_weights(card: Path) -> None:
    """A file without its SHA-256 is refused."""
    card.write_text(CARD.replace("DIGEST", "latest"), encoding="utf-8")
    with pytest.raises(DataError, match="SHA-256"):
        read_card(card)


class Words:
    """A tokenizer of characters, with an end-of-sequence token."""

    def __call__(self, text: str, *, max_length: int, truncation: bool) -> dict[str, Any]:
        """Return numbers of the characters."""
        return {"input_ids": [*(3 + ord(letter) % 90 for letter in text[: max_length - 1]), 1]}


def test_metricx_is_one_logit() -> None:
    """MetricX's answer is a logit of mT5 at the first step, cut to 0..25, whatever it is batched with."""
    import torch
    from transformers import MT5Config, MT5ForConditionalGeneration

    from shopglot_eval.measures.neural_scoring import REGRESSION, metricx_input, regress

    torch.manual_seed(4)
    config = MT5Config(
        vocab_size=250_112, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2, decoder_start_token_id=0,
        tie_word_embeddings=False,
    )  # fmt: skip
    model: Any = MT5ForConditionalGeneration(config).train(mode=False)
    with torch.no_grad():
        model.lm_head.weight[REGRESSION] *= 15  # from within the range to beyond it
    samples = [{"src": "源", "mt": "a" * n, "ref": "b"} for n in range(1, 12)]
    together, alone = (regress(model, Words(), samples, batch) for batch in (4, 1))
    assert alone == pytest.approx(together, abs=1e-4)
    ids = torch.tensor([Words()(metricx_input(samples[0]), max_length=99, truncation=True)["input_ids"][:-1]])
    first = torch.zeros((1, 1), dtype=torch.long)
    logit = model(input_ids=ids, decoder_input_ids=first).logits[0, 0, REGRESSION].detach()
    assert min(max(float(logit), 0.0), 25.0) == pytest.approx(alone[0], abs=1e-4)
    assert len(set(alone)) > 3
    assert 25.0 == max(alone) > min(alone) > 0
    assert "source: s candidate: t reference: r" == metricx_input({"src": "s", "mt": "t", "ref": "r"})
    assert "source: s candidate: t" == metricx_input({"src": "s", "mt": "t"})


def test_script_answers_in_one_line(card: Path, packages: Path) -> None:
    """The script can be run by hand, with requests on stdin."""
    import subprocess

    metric = tiny(card, packages)
    asked = {"kind": "comet", "model": str(metric.card.source.folder(metric.cache))}
    done = subprocess.run(
        [sys.executable, str(neural.SCRIPT), json.dumps(asked)], check=True, capture_output=True,
        input=b'{"src": "s", "mt": "ab", "ref": "ab"}\n', env={"PYTHONPATH": str(packages), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert {"scores": [1.0]} == json.loads(done.stdout.splitlines()[-1])
