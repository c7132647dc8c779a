"""The regression gate: is a change of model, glossary or rules significantly worse than the baseline, and where?

`read` and `update` keep baselines (`eval/baselines/*.json`), `check` compares answers with one and returns a `Ruling`,
`describe` says it in lines for a terminal, `section` and `passages` for a report.
"""

from shopglot_eval.regression.baseline import Baseline, answers_of, digest_of, path_of, read, update
from shopglot_eval.regression.gate import check
from shopglot_eval.regression.report import describe, measured, passages, section
from shopglot_eval.regression.ruling import Change, Notice, Ruling

__all__ = (
    "Baseline", "Change", "Notice", "Ruling", "answers_of", "check", "describe", "digest_of", "measured", "passages",
    "path_of", "read", "section", "update",
)  # fmt: skip
