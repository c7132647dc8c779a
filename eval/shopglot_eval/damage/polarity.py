"""Polarity: the target says the contrary of the source; for training only."""

from __future__ import annotations

import re
from random import Random

from shopglot_eval.damage.cases import Case, Mechanism
from shopglot_eval.damage.seams import put

DROPPED = re.compile(
    r"(?<=[^\W_])(?:n[’']t| not|(?<=can)not)(?![^\W_])(?! only)|(?<![^\W_])(?:never|hardly|no longer) ", re.IGNORECASE
)
HELPED = re.compile(
    r"(?<![^\W_])(?:is|are|was|were|will|would|can|could|should|must|has been|have been)(?= [a-z])(?! not| no | never)"
)
OPPOSITES = tuple(
    pair.split("/")
    for pair in (
        "with/without always/never more/less increase/decrease increased/decreased increasing/decreasing rise/fall "
        "rose/fell good/bad better/worse best/worst high/low higher/lower before/after large/small big/small hot/cold "
        "easy/difficult easily/hardly like/dislike satisfied/dissatisfied suitable/unsuitable "
        "possible/impossible available/unavailable cheap/expensive old/new long/short longer/shorter light/heavy "
        "success/failure won/lost support/oppose allowed/forbidden included/excluded inside/outside "
        "indoor/outdoor first/last strong/weak thick/thin fast/slow open/closed many/few soft/hard smooth/rough "
        "happy/unhappy wide/narrow positive/negative agree/disagree enough/insufficient necessary/unnecessary"
    ).split()
)
_OTHER = {one: other for pair in OPPOSITES for one, other in (pair, pair[::-1])}
_OTHER["no"] = "some"  # one way only
_OPPOSED = re.compile(rf"(?<![^\W_-])(?:{'|'.join(sorted(_OTHER, key=len, reverse=True))})(?![^\W_-])", re.IGNORECASE)
_KEPT = re.compile(
    r"(?:no|any) (?:longer|doubt|matter|more)|with the exception|like|no\.|at (?:least|last)", re.IGNORECASE
)


def dropped(case: Case, chance: Random) -> str | None:
    """Leave out a not or a never."""
    found = list(DROPPED.finditer(case.target))
    if not found:
        return None
    match = chance.choice(found)
    before, after = case.target[: match.start()], case.target[match.end() :]
    return re.sub(r"(?<![^\W_])([Cc])a$", r"\1an", re.sub(r"(?<![^\W_])([Ww])o$", r"\1ill", before)) + after


def inserted(case: Case, chance: Random) -> str | None:
    """Put a not behind a helping verb."""
    found = list(HELPED.finditer(case.target))
    if not found:
        return None
    match = chance.choice(found)
    verb = match.group()
    if verb.endswith(" been"):
        new = f"{verb[:-5]} not been"
    else:
        new = "cannot" if verb == "can" else f"{verb} {chance.choice(('not', 'not', 'never'))}"
    return case.target[: match.start()] + new + case.target[match.end() :]


def opposite(case: Case, chance: Random) -> str | None:
    """Put a word's opposite: without for with, worse for better."""
    text = case.target
    found = [match for match in _OPPOSED.finditer(text) if not _KEPT.match(text, match.start())]
    if not found:
        return None
    match = chance.choice(found)
    return put(text, *match.span(), _OTHER[match.group().lower()])


def opposites(case: Case, chance: Random) -> str | None:
    """Turn several words into their opposites."""
    text = case.target
    found = [match for match in _OPPOSED.finditer(text) if not _KEPT.match(text, match.start())]
    if len(found) < 2:
        return None
    for match in reversed(found):
        text = put(text, *match.span(), _OTHER[match.group().lower()])
    return text


MECHANISMS: tuple[Mechanism, ...] = (dropped, inserted, opposite, opposites)
