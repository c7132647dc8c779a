"""Was a character with several Traditional forms written by default, with nothing in the text to say which it is?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shopglot.types import Finding, Segment, Translation

# Where OpenCC's default is right in so few of a shop's lines that a person should look: at least one in six was wrong
# of those that no term, rule or phrase decides (头发, 系上蝴蝶结, 烫斗, 古典表, 直签). 冲 is not among
# them: what the rules leave over is the slang for buying at once, 衝.
THIN = frozenset("发系斗表签")


def find_ambiguous(segment: Segment, translation: Translation, doubts: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    """`script.ambiguous`: a character of several forms, written by default; a warning where that is often wrong.

    `doubts` are places in the source with the forms that the character may have there, the one that was written first
    (see `HantConverter.doubts`). What a term, a quantity or a mask covers is decided; so is a text that a person
    approved or that does not have the written form.
    """
    if translation.origin == "human":
        return
    spans = [(span.start, span.end) for spans in (segment.terms, segment.quantities, segment.masks) for span in spans]
    for place, forms in doubts:
        written, others = forms[0], forms[1:]
        if not others or written not in translation.target or any(start <= place < end for start, end in spans):
            continue
        character = segment.source[place]
        named = "' or '".join(others)
        yield Finding(
            check="script.ambiguous", severity="warning" if character in THIN else "info", side="source",
            start=place, end=place + 1, text=character,
            message=f"'{character}' was written '{written}' by default; nothing around it rules out '{named}'.",
            message_zh=f"“{character}”默认转换为“{written}”，上下文无法排除“{'”或“'.join(others)}”，请确认。",
            suggestion=others[0],
        )  # fmt: skip
