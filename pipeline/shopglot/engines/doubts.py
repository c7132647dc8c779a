"""Which characters nothing around them decides: OpenCC's single-character default, not one of its phrases, chose.

OpenCC does not tell what it went by. It is asked a second time, with its own phrases and with a table of characters in
which each one-to-many character stands for a mark: where a mark comes out no phrase was found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# A Simplified character and what it may stand for in a shop's text, as Hong Kong writes it; OpenCC's default first.
# Left out are those whose other form is found in names and fixed words only, which OpenCC's phrases or the terms know:
# in shop lines the default is right practically always where no phrase is found (后 里 酸 脏 秋 御 致 家 了 出 才 几).
_FORMS = (
    "干幹乾干 发發髮 面面麵 台台枱颱 谷谷穀 系系繫係 历歷曆 复復複覆 范範范 "
    "丑醜丑 斗鬥斗 冲衝沖 制制製 卷卷捲 松松鬆 只只隻 咸鹹咸 签籤簽 采採采 "
    "折折摺 表表錶 钟鍾鐘 须須鬚 胡胡鬍 舍舍捨 郁鬱郁 蒙蒙矇濛 曲曲麴 扎扎紮 "
    "喂喂餵 杆杆桿 赞贊讚 余餘余 团團糰 困困睏 刮刮颳 获獲穫 炼煉鍊 栗栗慄 "
    "坛壇罈 卤滷鹵 汇匯彙 征徵征 熏燻熏薰 恶惡噁 辟闢辟 纤纖縴 淀澱淀 苹蘋苹"
)
FORMS = {entry[0]: entry[1:] for entry in _FORMS.split()}
_MARKS = dict(zip(FORMS, map(chr, range(0xE000, 0xE000 + len(FORMS))), strict=True))  # private use: in no phrase


def load_marker() -> Callable[[str], str]:
    """Return OpenCC with a mark for each one-to-many character that no phrase decides (some 0.1 s).

    The offsets are those of the text, unless a phrase changes the length; that is the caller's to see.
    """
    import opencc

    share = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
    with TemporaryDirectory() as folder:
        table = Path(folder) / "characters.txt"
        table.write_text("".join(f"{character}\t{mark}\n" for character, mark in _MARKS.items()), encoding="utf-8")
        config = json.loads((share / "s2t.json").read_text(encoding="utf-8"))
        path = Path(folder) / "marks.json"
        path.write_text(json.dumps(_with_table(config, share, table)), encoding="utf-8")
        convert: Callable[[str], str] = opencc.OpenCC(str(path)).convert
    return convert


def find_marks(marked: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield place and character where `marked`, which is what the marker made of `text`, has that character's mark."""
    for place, (mark, character) in enumerate(zip(marked, text, strict=True)):
        if "\ue000" <= mark <= "\uf8ff" and _MARKS.get(character) == mark:
            yield place, character


def _with_table(part: Any, share: Path, table: Path) -> Any:
    """Return a part of OpenCC's configuration with its dictionaries where they are, and ours for the characters."""
    if isinstance(part, list):
        return [_with_table(one, share, table) for one in part]
    if not isinstance(part, dict):
        return part
    if "file" not in part:
        return {key: _with_table(value, share, table) for key, value in part.items()}
    if part["file"].startswith("STCharacters."):
        return {"type": "text", "file": str(table)}
    return part | {"file": str(share / part["file"])}
