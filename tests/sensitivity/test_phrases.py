"""Named phrases and lists of words: what they stand for, and what reading them refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shopglot.errors import DataError
from shopglot.sensitivity.phrases import Lexicon, Phrases, load_lexicon

FILE = """
[words]
disease = ["湿疹", "糖尿病", "high blood pressure", "C型肝炎"]

[[phrases]]
id = "claim.cure"
patterns = ["根治", 're:治疗<disease>']
exceptions = ["根治病"]
positive = ["根治", "治疗湿疹", "治疗糖尿病"]
negative = ["一", "二", "三"]

[[phrases]]
id = "claim.drug"
patterns = ["@claim.cure", "神药"]
positive = ["根治", "神药", "治疗湿疹"]
negative = ["一", "二", "三"]
"""


def read(folder: Path, text: str) -> Lexicon:
    """Return the lexicon of a file written for the test."""
    (folder / "phrases.toml").write_text(text, encoding="utf-8")
    return load_lexicon(folder)


def test_expansion(tmp_path: Path) -> None:
    """A name stands for the patterns of its set, with the exceptions; a list for its words, the longer ones first."""
    lexicon = read(tmp_path, FILE)
    written = "re:治疗(?:high\\ blood\\ pressure|c型肝炎|糖尿病|湿疹)"
    assert Phrases(("根治", written, "神药", "灵丹"), ("根治病",)) == lexicon.expand(["@claim.drug", "灵丹"])
    assert Phrases(("灵丹",), ("根治", written)) == lexicon.expand(["灵丹"], ["@claim.cure"])


def test_no_file(tmp_path: Path) -> None:
    """A folder without phrases has none, and a name is then unknown."""
    with pytest.raises(ValueError, match=re.escape("'@claim.cure' is no set of phrases; phrases.toml has none")):
        load_lexicon(tmp_path).expand(["@claim.cure"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@claim.cure", "@claim.sure", "key patterns: '@claim.sure' is no set of phrases; phrases.toml has claim.cure"),
        ("<disease>", "<diseases>", "<diseases> is no list of words; phrases.toml has disease"),
        (
            '["湿疹", "糖尿病", "high blood pressure", "C型肝炎"]',
            '["湿疹"]',
            "table (words): key disease: needs at least 2",
        ),
        ('["湿疹", "糖尿病", "high blood pressure", "C型肝炎"]', '"湿疹"', "key disease: must be a list of texts"),
        ("disease = ", "Disease = ", "key Disease: must be made of lower-case words and hyphens"),
        ('id = "claim.cure"', 'id = "Cure"', "key id: must be made of lower-case words"),
        ('id = "claim.drug"', 'id = "claim.cure"', "phrases claim.cure: key id: stands twice"),
        ('exceptions = ["根治病"]', 'except = ["根治病"]', "phrases claim.cure: key except: is not known"),
        ('patterns = ["根治", ', 'patterns = ["\\u200b", ', "'\\u200b' holds nothing that can be seen"),
        ('negative = ["一", "二", "三"]', 'negative = ["一", "二"]', "key negative: needs at least 3"),
        ("[words]", "[[words]]", "key words: must be a table of lists"),
        ("[words]", "[word]", "key word: is not known here; every phrases begins with [[phrases]]"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What is wrong is an error that names the file, the set and the key."""
    assert old in FILE
    with pytest.raises(DataError, match=re.escape(said)) as caught:
        read(tmp_path, FILE.replace(old, new, 1))
    assert str(tmp_path / "phrases.toml") in str(caught.value)
