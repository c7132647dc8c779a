"""Markets: what is inherited, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.config import glossary_root
from shopglot.errors import DataError, UsageError
from shopglot.market import MARKETS, Gate, load_market


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A glossary folder with the real Hong Kong file and room for others."""
    (tmp_path / "common").mkdir()
    for name in ("hk", "xx"):
        (tmp_path / name).mkdir()
    (tmp_path / "hk" / "market.toml").write_bytes((glossary_root() / "hk" / "market.toml").read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", MARKETS)
def test_every_market_loads(name: str) -> None:
    """The four markets of the interface exist and are complete."""
    market = load_market(glossary_root(), name)
    assert name == market.name
    assert all(0 < share < 1 for share in (market.cutoff, market.risk, market.confidence, market.audit_share))
    assert (name == "us") == market.latin


def test_macau_inherits_hong_kong() -> None:
    """Macau takes what it does not say itself from Hong Kong, and names both folders."""
    hk, mo = load_market(glossary_root(), "hk"), load_market(glossary_root(), "mo")
    assert (hk.script, hk.engine, hk.length) == (mo.script, mo.engine, mo.length)
    assert ("hk", "mo") == mo.lineage
    assert "Macau" == mo.title


def test_unknown_market() -> None:
    """An unknown market is bad usage, and the message names the known ones."""
    with pytest.raises(UsageError, match=r"'xx'.*hk, mo, tw, us"):
        load_market(glossary_root(), "xx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('inherits = "hk"\nnmae = "x"', "unknown key 'nmae'"),
        ('inherits = "hk"\n[publish]\nuncalibrated_cutoff = "high"', "publish.uncalibrated_cutoff.*float"),
        ('inherits = "hk"\n[text.length]\ntitle = 0', "text.length.title"),
        ('inherits = "xx"', "circle"),
        ('inherits = "yy"', "there is no"),
        ('title = "X"', "table .publish. is missing"),
        ('inherits = "hk"\npublish = 3', "must be a table"),
        ("= 3", "market.toml"),
        *(
            (f'inherits = "hk"\n[publish]\n{key} = {value}', f"market.toml: publish.{key} must lie between 0 and 1")
            for key in ("risk", "confidence", "audit_share")
            for value in ("0.0", "1.0", "-0.1", "1.5", "nan", "inf")
        ),
        ('inherits = "hk"\n[publish]\nrisk = 1', "'publish.risk' must be float"),
        ('inherits = "hk"\n[publish]\nreuse = "all"', "publish.reuse must be one of listing, merchant, market"),
        (
            'inherits = "hk"\n[publish]\nreading = "never"',
            "publish.reading must be one of deciding, always, not 'never'",
        ),
    ],
)
def test_wrong_files(folder: Path, content: str, message: str) -> None:
    """A wrong file is refused with its name and key."""
    (folder / "xx" / "market.toml").write_text(content)
    with pytest.raises(DataError, match=message):
        load_market(folder, "xx")


def test_reading_need_not_be_said(folder: Path) -> None:
    """A market of before says nothing of it: its model reads where it can decide."""
    (folder / "xx" / "market.toml").write_text('title = "X"\ninherits = "hk"')
    assert "deciding" == load_market(folder, "xx").reading
    (folder / "xx" / "market.toml").write_text('title = "X"\ninherits = "hk"\n[publish]\nreading = "always"')
    assert "always" == load_market(folder, "xx").reading


def test_digest_follows_the_data(folder: Path) -> None:
    """A changed glossary changes the digest of the markets that read it, and of no other."""
    (folder / "xx" / "market.toml").write_text('title = "X"\ninherits = "hk"')
    before = {name: load_market(folder, name).digest for name in ("hk", "xx")}
    (folder / "xx" / "terms.tsv").write_text("source\n")
    after = {name: load_market(folder, name).digest for name in ("hk", "xx")}
    assert before["hk"] == after["hk"]
    assert before["xx"] != after["xx"]


GATE = {
    "signature": '"zh@12345678/surface"', "cutoff": "0.75", "risk": "0.2", "confidence": "0.9", "listings": "600",
    "published": "300", "bad": "40", "bound": "0.19",
}  # fmt: skip


def write_gate(folder: Path, **about: str | None) -> Path:
    """Write a fitted gate of Hong Kong; a key that is None is left out."""
    path = folder / "hk" / "gate.toml"
    lines = (f"{key} = {value}\n" for key, value in (GATE | about).items() if value is not None)
    path.write_text("".join(lines))
    return path


def test_gate_is_read(folder: Path) -> None:
    """The fitted cut-off comes with all that it promises and what it was fitted on."""
    write_gate(folder)
    expected = Gate(
        signature="zh@12345678/surface", cutoff=0.75, risk=0.2, confidence=0.9, listings=600, published=300, bad=40,
        bound=0.19,
    )  # fmt: skip
    assert expected == load_market(folder, "hk").gate


def test_market_without_a_gate(folder: Path) -> None:
    """A market that nobody has fitted a gate for has none, and is no error."""
    assert load_market(folder, "hk").gate is None


def test_gate_without_a_cutoff_is_closed(folder: Path) -> None:
    """Where no cut-off kept the promise the gate is there and names none."""
    write_gate(folder, cutoff=None)
    gate = load_market(folder, "hk").gate
    assert gate is not None
    assert gate.cutoff is None


def test_gate_is_not_inherited(folder: Path) -> None:
    """Another market's reviewers promised nothing for this one: policy comes along, the gate does not."""
    write_gate(folder)
    (folder / "xx" / "market.toml").write_text('title = "X"\ninherits = "hk"')
    hk, heir = load_market(folder, "hk"), load_market(folder, "xx")
    assert hk.gate is not None
    assert heir.gate is None
    assert (hk.risk, hk.confidence, hk.audit_share) == (heir.risk, heir.confidence, heir.audit_share)


def test_shipped_macau_has_no_gate_of_hong_kong() -> None:
    """Macau's pages are promised nothing on the word of reviewers from Hong Kong."""
    assert not (glossary_root() / "mo" / "gate.toml").exists()
    assert load_market(glossary_root(), "mo").gate is None


@pytest.mark.parametrize(
    ("about", "message"),
    [
        *(({key: None}, f"KeyError: '{key}'") for key in GATE if key != "cutoff"),
        ({"cutoff": '"high"'}, "ValueError: .*high"), ({"listings": '"many"'}, "ValueError: .*many"),
        ({"risk": "[]"}, "TypeError"), ({"bound": ""}, "TOMLDecodeError"),
    ],
)  # fmt: skip
def test_broken_gate(folder: Path, about: dict[str, str | None], message: str) -> None:
    """A gate that cannot be read is an error that names file and key: it is never taken for no gate, nor for open."""
    write_gate(folder, **about)
    with pytest.raises(DataError, match=rf"gate\.toml: no fitted gate \({message}"):
        load_market(folder, "hk")


def test_gate_that_is_no_text(folder: Path) -> None:
    """Bytes that are no UTF-8 are refused in the same way."""
    write_gate(folder).write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"gate\.toml: no fitted gate"):
        load_market(folder, "hk")


def test_gate_changes_the_digest(folder: Path) -> None:
    """A gate that is fitted again may decide otherwise: listings are taken up again."""
    before = load_market(folder, "hk").digest
    write_gate(folder)
    after = load_market(folder, "hk").digest
    write_gate(folder, cutoff="0.8")
    assert 3 == len({before, after, load_market(folder, "hk").digest})
