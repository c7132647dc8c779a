"""`shopglot glossary`: lint, export and import as people call them, on a copy of the data."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from shopglot.cli import patience as waiting
from shopglot.config import data_root
from shopglot.glossary.rows import read_table
from shopglot.market import MARKETS
from shopglot.termbase import COLUMNS

Invoke = Callable[..., Result]
HEADER = "\t".join(COLUMNS)
command = importlib.import_module("shopglot.cli.glossary")  # the package has the group under this name
BRANDS = "source\tus\thk\tmo\ttw\tnote\n韩束\tKANS\t韓束\t\t韓束\tskincare\n"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with small tables; nothing here touches those of the project."""
    root = tmp_path / "data"
    for market in MARKETS:
        (root / "glossaries" / market).mkdir(parents=True)
        shutil.copy(data_root() / "glossaries" / market / "market.toml", root / "glossaries" / market)
    (root / "glossaries" / "common").mkdir()
    (root / "glossaries" / "common" / "brands.tsv").write_text(BRANDS, encoding="utf-8")
    monkeypatch.setenv("SHOPGLOT_DATA", str(root))
    write(
        root, "us", "面膜\tsheet mask\tpreferred\tenforce\t\t\tnoun\t", "面膜\tmembrane\tforbidden\tenforce\t\t\tnoun\t"
    )
    write(root, "hk", "连衣裙\t連身裙\tpreferred\tenforce\t\t\tnoun\t")
    show(root, "hk", "连衣裙\t夏季新款连衣裙\t夏季新款連身裙\t")
    return root


def write(root: Path, market: str, *lines: str) -> Path:
    """Write the term table of a market."""
    path = root / "glossaries" / market / "terms.tsv"
    path.write_text("\n".join((HEADER, *lines, "")), encoding="utf-8")
    return path


def show(root: Path, market: str, *lines: str) -> Path:
    """Write the examples of a market."""
    path = root / "glossaries" / market / "examples.tsv"
    path.write_text("\n".join(("source\tsentence\texpected\tnote", *lines, "")), encoding="utf-8")
    return path


def answer(result: Result) -> dict[str, Any]:
    """Return the JSON that a command printed."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_shipped_tables_load(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of the project have no error, and every term of a Chinese one has its sentence."""
    monkeypatch.delenv("SHOPGLOT_DATA")
    result = invoke("glossary", "lint")
    lines = result.stdout.splitlines()
    assert "" == "\n".join(line for line in lines if ": error " in line or " example.missing " in line)
    assert 0 == result.exit_code


def test_examples_are_linted(invoke: Invoke, data: Path) -> None:
    """Sentences are converted with all terms of the market, alone or with its table, and an error ends with 1."""
    path = show(data, "hk", "连衣裙\t夏季新款连衣裙\t夏季新款連衣裙\t", "衬衫\t纯棉衬衫\t純棉襯衫\t")
    for arguments in (("--market", "hk"), (str(path),), (str(path.with_name("terms.tsv")),)):
        result = invoke("glossary", "lint", *arguments, "--json")
        found = [(each["file"], each["line"], each["id"]) for each in answer(result)["problems"]]
        assert [(2, "example.differs"), (2, "example.target"), (3, "example.unknown")] == [one[1:] for one in found]
        assert ({str(path)}, 1) == ({one[0] for one in found}, result.exit_code)
    assert 0 == invoke("glossary", "lint", "--market", "us").exit_code


def test_examples_of_an_heir(invoke: Invoke, data: Path) -> None:
    """A market that inherits needs sentences for its own terms only, and converts them with those it inherits too."""
    terms = write(data, "mo", "纪念品\t手信\tpreferred\tenforce\t\t\tnoun\t")
    result = invoke("glossary", "lint", "--market", "mo")
    assert 0 == result.exit_code
    assert result.stdout.startswith(f"{terms}:1: warning example.missing : ")
    show(data, "mo", "纪念品\t连衣裙纪念品\t連身裙手信\t")
    assert "" == invoke("glossary", "lint", "--market", "mo").stdout


def test_examples_of_broken_tables(invoke: Invoke, data: Path) -> None:
    """Where the tables cannot be loaded the examples say so; the error itself is told as ever."""
    write(data, "hk", "连衣裙\t連身裙\tfavourite\tenforce\t\t\tnoun\t")
    result = invoke("glossary", "lint", "--market", "hk", "--json")
    assert {"status.unknown", "preferred.none", "example.unchecked"} == {
        each["id"] for each in answer(result)["problems"]
    }


def test_unreadable_examples(invoke: Invoke, data: Path) -> None:
    """Examples with another header are named with their line, exit status 2."""
    (data / "glossaries" / "hk" / "examples.tsv").write_text("", encoding="utf-8")
    result = invoke("glossary", "lint", "--market", "hk")
    assert (2, True) == (result.exit_code, "examples.tsv:1: the header must be source" in result.stderr)


def test_import_asks_for_examples(invoke: Invoke, data: Path, tmp_path: Path) -> None:
    """A term may come in without a sentence, but not unnoticed; an English table has none."""
    (tmp_path / "x.csv").write_text("source,target\n衬衫,恤衫\n", encoding="utf-8")
    result = invoke("glossary", "import", str(tmp_path / "x.csv"), "--market", "hk")
    assert (0, True) == (
        result.exit_code,
        "example.missing: 1 terms need a sentence in examples.tsv: 衬衫" in result.stderr,
    )
    again = answer(invoke("glossary", "import", str(tmp_path / "x.csv"), "--market", "hk", "--json"))
    assert [] == again["without_example"]
    (tmp_path / "x.csv").write_text("source,target\n衬衫,shirt\n", encoding="utf-8")
    assert "without_example" not in answer(
        invoke("glossary", "import", str(tmp_path / "x.csv"), "--market", "us", "--json")
    )


def test_lint_clean(invoke: Invoke) -> None:
    """Clean tables print nothing but the count, and exit with 0."""
    result = invoke("glossary", "lint")
    assert (0, "") == (result.exit_code, result.stdout)
    assert "0 errors, 0 warnings" in result.stderr


def test_lint_error(invoke: Invoke, data: Path) -> None:
    """An error has file, line, severity, id, source and what to do, and exits with 1."""
    path = write(data, "hk", "连衣裙\t连身裙\tpreferred\tenforce\t\t\tnoun\t")
    result = invoke("glossary", "lint", "--market", "hk")
    assert 1 == result.exit_code
    assert result.stdout.startswith(f"{path}:2: error script.simplified 连衣裙: target has the Simplified 连")
    assert (0, "") == ((us := invoke("glossary", "lint", "--market", "us")).exit_code, us.stdout)


def test_lint_for_machines(invoke: Invoke, data: Path) -> None:
    """JSON has every problem, remarks included, and the totals."""
    write(data, "us", "yyds\tthe best\tpreferred\tsuggest\t\t\tphrase\t", "M\tmedium\tpreferred\tenforce\t\t\tadj\t")
    found = answer(invoke("glossary", "lint", "--market", "us", "--json"))
    assert (0, 1, 2) == (found["error"], found["warning"], found["info"])
    ids = [(each["line"], each["id"]) for each in found["problems"]]
    assert [(2, "script.latin"), (3, "enforce.short"), (3, "script.latin")] == ids
    assert {"file", "line", "source", "id", "severity", "message"} == set(found["problems"][0])


def test_remarks_are_shown_on_demand(invoke: Invoke, data: Path) -> None:
    """What is only worth knowing is counted, and shown with --all."""
    write(data, "us", "yyds\tthe best\tpreferred\tsuggest\t\t\tphrase\t")
    short = invoke("glossary", "lint")
    assert ("", True) == (short.stdout, "1 remarks (shown with --all)" in short.stderr)
    assert "script.latin" in invoke("glossary", "lint", "--all").stdout


def test_lint_file(invoke: Invoke, data: Path, tmp_path: Path) -> None:
    """A file belongs to the market of its folder, or to --market; brands are known by their header."""
    path = write(data, "hk", "连衣裙\t连身裙\tpreferred\tenforce\t\t\tnoun\t")
    assert 1 == invoke("glossary", "lint", str(path)).exit_code
    other = tmp_path / "mine.tsv"
    shutil.copy(path, other)
    refused = invoke("glossary", "lint", str(other))
    assert (2, True) == (refused.exit_code, "its folder is no market" in refused.stderr)
    assert 1 == invoke("glossary", "lint", str(other), "--market", "tw").exit_code
    brands = data / "glossaries" / "common" / "brands.tsv"
    brands.write_text(BRANDS + "韓束\tKans\t韓束\t\t韓束\t\nbroken\n", encoding="utf-8")
    assert ["row.duplicate", "row.columns"] == [
        each["id"] for each in answer(invoke("glossary", "lint", str(brands), "--json"))["problems"]
    ]


@pytest.mark.parametrize("arguments", [("lint",), ("export", "--market", "us"), ("import", "x.csv", "--market", "us")])
def test_unreadable_table(invoke: Invoke, data: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A table with another header is named with its line, exit status 2."""
    (data / "glossaries" / "us" / "terms.tsv").write_text("a\tb\n", encoding="utf-8")
    (tmp_path / "x.csv").write_text("source,target\n", encoding="utf-8")
    result = invoke("glossary", *arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert "terms.tsv:1: the header must be" in result.stderr


@pytest.mark.parametrize("form", ["csv", "tsv", "tbx"])
def test_round_trip(invoke: Invoke, data: Path, tmp_path: Path, form: str) -> None:
    """What was exported and is imported into an empty table makes the same table."""
    if form == "tbx":
        pytest.importorskip("lxml", reason="the extra 'interchange' is not installed")
    out = tmp_path / f"us.{form}"
    assert 0 == invoke("glossary", "export", "--market", "us", "--out", str(out)).exit_code
    table = data / "glossaries" / "us" / "terms.tsv"
    before = table.read_bytes()
    again = answer(invoke("glossary", "import", str(out), "--market", "us", "--json"))
    assert (1, False) == (again["unchanged"], again["written"])
    table.unlink()
    assert 0 == invoke("glossary", "import", str(out), "--market", "us").exit_code
    assert before == table.read_bytes()


def test_export_to_stdout(invoke: Invoke, data: Path) -> None:
    """Without --out the bytes go to stdout and nothing else does; --excel marks them as UTF-8; brands are on demand."""
    plain = invoke("glossary", "export", "--market", "us").stdout_bytes
    assert plain.startswith(b"source,target,status,use,")
    assert b"KANS" not in plain
    assert b"\xef\xbb\xbf" + plain == invoke("glossary", "export", "--market", "us", "--excel").stdout_bytes
    assert "韩束,KANS,preferred,keep".encode() in (
        invoke("glossary", "export", "--market", "us", "--brands").stdout_bytes
    )
    assert (data / "glossaries" / "us" / "terms.tsv").read_bytes() == (
        invoke("glossary", "export", "--market", "us", "--format", "tsv").stdout_bytes
    )


def test_export_tmx(invoke: Invoke) -> None:
    """TMX has the preferred pair and not the forbidden one."""
    pytest.importorskip("translate", reason="the extra 'interchange' is not installed")
    written = invoke("glossary", "export", "--market", "us", "--format", "tmx").stdout
    assert "sheet mask" in written
    assert "membrane" not in written


def test_import(invoke: Invoke, data: Path, tmp_path: Path) -> None:
    """New terms are added, known ones stay, conflicts are told; --dry-run writes nothing."""
    file = tmp_path / "agency.csv"
    file.write_text("source,target,note\n面膜,facial mask,\n精华,serum,from the agency\n", encoding="utf-8")
    table = data / "glossaries" / "us" / "terms.tsv"
    before = table.read_text(encoding="utf-8")
    dry = invoke("glossary", "import", str(file), "--market", "us", "--dry-run", "--use", "suggest")
    assert (0, before) == (dry.exit_code, table.read_text(encoding="utf-8"))
    assert "conflict: 面膜: 'facial mask' is imported, the table has 'sheet mask' (line 2)" in dry.stdout
    assert "1 added, 0 changed, 0 unchanged, 1 conflicting, 0 refused; nothing written" in dry.stdout
    assert 0 == invoke("glossary", "import", str(file), "--market", "us", "--use", "suggest").exit_code
    added = "精华\tserum\tpreferred\tsuggest\t\t\t\tfrom the agency\n"
    assert before + added == table.read_text(encoding="utf-8")


def test_import_replaces_on_demand(invoke: Invoke, data: Path, tmp_path: Path) -> None:
    """With --replace the file wins, and its group is all that is left of the old one."""
    file = tmp_path / "agency.csv"
    file.write_text("source,target\n面膜,facial mask\n", encoding="utf-8")
    found = answer(invoke("glossary", "import", str(file), "--market", "us", "--replace", "--json"))
    assert (1, True) == (found["conflicting"], found["written"])
    assert {"source": "面膜", "ours": "sheet mask", "our_line": 2, "theirs": "facial mask"}.items() <= (
        found["conflicts"][0].items()
    )
    rows = read_table(data / "glossaries" / "us" / "terms.tsv").rows
    assert ["facial mask"] == [row.target for row in rows]


def test_import_refuses_errors(invoke: Invoke, data: Path, tmp_path: Path) -> None:
    """Where lint finds an error nothing is written, exit status 1; --skip-errors imports the rest."""
    file = tmp_path / "agency.csv"
    file.write_text("source,target\n精华,精华\n面霜,face cream\n", encoding="utf-8")
    table = data / "glossaries" / "us" / "terms.tsv"
    before = table.read_bytes()
    refused = invoke("glossary", "import", str(file), "--market", "us")
    assert (1, before) == (refused.exit_code, table.read_bytes())
    assert f"{file}:2: error script.chinese 精华" in refused.stdout
    assert "--skip-errors" in refused.stderr
    found = answer(invoke("glossary", "import", str(file), "--market", "us", "--skip-errors", "--json"))
    assert (1, 1, True) == (found["added"], found["refused"], found["written"])


def test_import_taxonomy(invoke: Invoke, data: Path, tmp_path: Path) -> None:
    """A checkout is imported as suggestions, with the number of pairs."""
    pytest.importorskip("yaml", reason="the extra 'interchange' is not installed")
    for section in ("categories", "attributes", "values"):
        folder = tmp_path / "taxonomy" / "data" / "localizations" / section
        folder.mkdir(parents=True)
        for locale, name in (("en", "Serums"), ("zh-CN", "精华")):
            (folder / f"{locale}.yml").write_text(f"{locale}: {{{section}: {{a: {{name: {name}}}}}}}", encoding="utf-8")
    result = invoke(
        "glossary", "import", str(tmp_path / "taxonomy"), "--format", "shopify-taxonomy", "--market", "us"
    )  # fmt: skip
    assert (0, True) == (result.exit_code, "3 pairs from en; left out: none" in result.stdout)
    assert "精华\tserums\tpreferred\tsuggest\t" in (data / "glossaries/us/terms.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import", "x.docx", "--market", "us"), "no format is known by '.docx'"),
        (("import", "x.csv", "--market", "us"), "x.csv: No such file"),
        (("import", "x.csv", "--market", "jp"), "'jp' is not one of"),
        (("export", "--market", "us", "--out", "x.pdf"), "no format is known by '.pdf'"),
        (("import", ".", "--format", "shopify-taxonomy", "--market", "us"), "give a checkout"),
        (("lint", "none.tsv"), "none.tsv: No such file"),
    ],
)
def test_bad_usage(invoke: Invoke, arguments: tuple[str, ...], message: str) -> None:
    """Bad usage exits with 2 and says what is wrong."""
    result = invoke("glossary", *arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert message in result.stderr


@pytest.mark.parametrize("form", ["tbx", "tmx"])
def test_missing_extra(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """Where the extra is not installed, the message names it."""
    for module in ("lxml", "lxml.etree", "translate", "translate.storage", "translate.storage.tmx"):
        monkeypatch.setitem(sys.modules, module, None)
    result = invoke("glossary", "export", "--market", "us", "--format", form)
    assert (2, "") == (result.exit_code, result.stdout)
    assert "pip install 'shopglot[interchange]'" in result.stderr


def test_says_what_takes_long(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits is told for what, on stderr; whoever does not, is not."""
    with waiting.patience("reading"):
        pass
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    with waiting.patience("linting"):
        for _ in range(500):
            time.sleep(0.01)
            if said := capsys.readouterr().err:
                break
    assert "shopglot: linting …\n" == said


def test_fields_are_documented() -> None:
    """The page for editors names every field that a condition may have."""
    page = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [] == [field for field in command.FIELDS if f"`{field}`" not in page]


@pytest.mark.parametrize("name", ["lint", "export", "import"])
def test_help(invoke: Invoke, name: str) -> None:
    """Every command shows an example of itself."""
    assert re.search(rf"Example:\n\s+shopglot glossary {name} ", invoke("glossary", name, "--help").stdout)
