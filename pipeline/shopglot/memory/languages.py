"""Which language codes of a file are a market's: BCP 47 tags compared by language, script and region.

A tag without a script has the one that its region writes (CLDR, likely subtags: zh-HK is zh-Hant-HK, zh-CN and zh
alone are zh-Hans). Script has to agree; a region has to be the market's, or one that the market inherits from, or none.
English of any region will do where there is no better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SOURCE = "zh-Hans"
_LANGUAGES = {"cmn": "zh", "zho": "zh", "chi": "zh", "eng": "en"}  # ISO 639-2 and -3, and Mandarin by name
_SCRIPTS = {"HK": "Hant", "MO": "Hant", "TW": "Hant"}


class Tag(NamedTuple):
    """What of a language tag counts here; region is "" where none is named."""

    language: str
    script: str
    region: str


def parse(code: str) -> Tag:
    """Return the parts of a tag, in any case, with hyphens or underscores; variants and extensions are left out."""
    language, *rest = code.strip().replace("_", "-").split("-")
    language = _LANGUAGES.get(language.casefold(), language.casefold())
    script = region = ""
    for part in rest:
        if len(part) == 1:  # an extension or private use begins
            break
        if len(part) == 4 and part.isalpha() and not script:
            script = part.title()
        elif len(part) in (2, 3) and not region and (len(part) == 2) == part.isalpha():
            region = part.upper()
    if language == "zh" and not script:
        script = _SCRIPTS.get(region, "Hans")
    return Tag(language, script, region)


def pick(codes: Iterable[str], wanted: Sequence[str]) -> str | None:
    """Return the code that fits the first of the `wanted` tags, else the second, and so on; None where none does."""
    parsed = [(code, parse(code)) for code in codes]
    tags = [parse(tag) for tag in wanted]
    regions = [*(tag.region for tag in tags), ""]
    for region in dict.fromkeys(regions):
        for code, tag in parsed:
            if (tag.language, tag.script, tag.region) == (tags[0].language, _script(tag, tags[0]), region):
                return code
    if tags[0].language == "en" or tags[0].region == "":
        return next((c for c, tag in parsed if tag[:2] == (tags[0].language, _script(tag, tags[0]))), None)
    return None


def _script(tag: Tag, wanted: Tag) -> str:
    """Return the script that a tag has to have; one that names none in a language with one script has that."""
    return tag.script if wanted.language != "zh" and tag.script in ("", "Latn") else wanted.script
