"""Model cards: what is accepted, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.engines.cards import folder_digest, get_card, load_cards, read_card
from shopglot.errors import DataError, ModelError, UsageError
from shopglot.protect import token

CARDS = Path(__file__).parents[2] / "models"
COMMIT = "f86cb2c1fa58255f8052cc32aeede1b7482d4361"
CARD = f"""
name = "tiny"
title = "Tiny"
licence = "Apache-2.0"
kind = "chat"
runtime = "transformers"
directions = [["zh", "en"]]
batch_size = 8
[source]
repository = "someone/tiny"
revision = "{COMMIT}"
[prompt]
system = "Translate."
user = "{{text}}"
hint = ""
demand = ""
"""


def write(folder: Path, text: str, name: str = "tiny") -> Path:
    """Write a card and return its path."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_is_read(tmp_path: Path) -> None:
    """What is not said has its default; the signature shortens the revision."""
    card = read_card(write(tmp_path, CARD))
    assert f"tiny@{COMMIT[:12]}" == card.signature
    assert (("zh", "en"),) == card.directions
    assert (1, "auto", False) == (card.decoding.beam, card.compute.device, card.gated)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('title = "Tiny"', "", "title"),
        ("batch_size = 8", 'batch_size = "8"', "batch_size"),
        ("batch_size = 8", "batch_size = true", "batch_size"),
        ("batch_size = 8", "batch_size = 0", "batch_size"),
        ("batch_size = 8", "batch_size = 8\nbatchsize = 9", "batchsize"),
        ('kind = "chat"', 'kind = "chatty"', "kind"),
        ('runtime = "transformers"', 'runtime = "onnx"', "runtime"),
        ('runtime = "transformers"', 'runtime = "builtin"', "runtime"),
        ('[["zh", "en"]]', '["zh", "en"]', "directions"),
        ('[["zh", "en"]]', "[]", "directions"),
        ('name = "tiny"', 'name = "other"', "name"),
        (f'"{COMMIT}"', '"main"', "source.revision"),
        (f'"{COMMIT}"', f'"{COMMIT[:12]}"', "source.revision"),
        (f'revision = "{COMMIT}"', 'sha256 = "abc"', "source.sha256"),
        (f'revision = "{COMMIT}"', f'sha256 = "{"a" * 64}"', "source.size"),
        ('repository = "someone/tiny"', "", "source.repository"),
        ('repository = "someone/tiny"', 'repository = "someone/tiny"\nfolder = "x"', "source.folder"),
        ('repository = "someone/tiny"', 'repository = "someone/tiny"\nbranch = "x"', "source.branch"),
        ('user = "{text}"', 'user = "translate"', "user"),
        ('hint = ""', "", "prompt.hint"),
        ('demand = ""', 'demand = ""\nread_backward = "x"', "prompt.read_backward"),
        ('demand = ""', 'demand = ""\nread_alone = 1', "prompt.read_alone"),
        ('demand = ""', 'demand = ""\n[decoding]\nbeam = 0', "beam"),
        ('demand = ""', 'demand = ""\n[decoding]\ntokens_per_character = 0.0', "tokens_per_character"),
        ('demand = ""', 'demand = ""\n[compute]\ntype = "int4"', "compute.type"),
        ('demand = ""', 'demand = ""\n[compute]\ndevice = "tpu"', "compute.device"),
        (
            "[prompt]", '[source.wheels]\npackage = "p{n}"\nversion = "1"\nparts = 2\nmember = "m{n}"\n[prompt]',
            "source.wheels",
        ),
        ("directions", "= directions", "tiny.toml"),
    ],
)  # fmt: skip
def test_a_wrong_card_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    """The message names the file and the key."""
    assert old in CARD
    path = write(tmp_path, CARD.replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_card(path)
    assert str(path) in str(caught.value)
    assert key in str(caught.value)


def test_an_unpinned_card_is_listed_and_not_used(tmp_path: Path) -> None:
    """Without commit and digest a card can be read, and the model is refused."""
    card = read_card(write(tmp_path, CARD.replace(f'revision = "{COMMIT}"', "")))
    assert "unpinned" == card.revision
    with pytest.raises(ModelError, match="not pinned"):
        card.require_pin()


def test_a_missing_card_names_those_that_are_there(tmp_path: Path) -> None:
    """The message lists the names."""
    write(tmp_path, CARD)
    with pytest.raises(UsageError, match="Known models: tiny"):
        get_card(tmp_path, "tinny")


def test_decoding_key_follows_what_decides_the_answer(tmp_path: Path) -> None:
    """Prompt, settings and precision change the key; title, note, device, batch size and words for reading do not."""
    key = read_card(write(tmp_path, CARD)).decoding_key

    def changed(old: str, new: str) -> str:
        return read_card(write(tmp_path, CARD.replace(old, new))).decoding_key

    assert key == read_card(write(tmp_path, CARD)).decoding_key
    assert key == changed('title = "Tiny"', 'title = "Other"\nnote = "n"')
    assert key == changed("batch_size = 8", "batch_size = 9")
    assert key == changed('demand = ""', 'demand = ""\n[compute]\ndevice = "cpu"')
    assert key == changed('demand = ""', 'demand = ""\nread_back = "Back."\nread_alone = "Write."')
    other = [
        changed("Translate.", "Translate!"), changed('hint = ""', 'hint = "{hints}"'),
        changed('demand = ""', 'demand = ""\n[decoding]\nbeam = 2'), changed('"transformers"', '"ctranslate2"'),
        changed('demand = ""', 'demand = ""\n[compute]\ndtype = "float16"'),
    ]  # fmt: skip
    assert 6 == len({key, *other})


def test_builtin_cards_need_no_source(tmp_path: Path) -> None:
    """OpenCC and the stand-in are part of shopglot."""
    head = CARD.split("[source]", maxsplit=1)[0].replace('"chat"', '"fake"').replace('"transformers"', '"builtin"')
    card = read_card(write(tmp_path, head))
    card.require_pin()
    assert "tiny@builtin" == card.signature


def test_folder_digest_sees_names_and_bytes(tmp_path: Path) -> None:
    """A renamed, changed or added file gives another digest; the order of creation does not matter."""
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("x.txt", "y.txt") if name == "a" else ("y.txt", "x.txt"):
            (folder / file).write_text(file, encoding="utf-8")
    digest = folder_digest(tmp_path / "a")
    assert digest == folder_digest(tmp_path / "b")
    (tmp_path / "b" / "x.txt").rename(tmp_path / "b" / "z.txt")
    assert digest != folder_digest(tmp_path / "b")
    (tmp_path / "a" / "x.txt").write_text("other", encoding="utf-8")
    assert digest != folder_digest(tmp_path / "a")


def test_the_project_s_cards() -> None:
    """Every card that ships is valid, pinned, and openly licensed; the default is among them."""
    cards = {card.name: card for card in load_cards(CARDS)}
    assert "qwen2.5-coder-1.5b" in cards
    for card in cards.values():
        card.require_pin()
        assert card.licence in ("Apache-2.0", "CC-BY-4.0")


def test_the_default_prompt_shows_a_mask_token() -> None:
    """The default model is told of the very tokens that stand for masks."""
    card = get_card(CARDS, "qwen2.5-coder-1.5b")
    assert card.prompt is not None
    assert token(1) in card.prompt.system
