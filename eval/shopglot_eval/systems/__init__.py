"""Systems: what somebody or something made of the texts of a suite, as `Answers`.

translate(suite, market, localizer, store=…)  -> the product's own, kept in a folder so that nothing is made twice
rerank(suite, market, localizer, store=…)     -> the product's own, chosen among several answers
without_glossary(localizer)                   -> a localizer whose engine is given no term
read_outputs(path, suite, market)             -> those of an outside system, from a file; systems_in(path) names them
read_store(store, suite, market)              -> what a store's runs have made of the suite's pages
write_outputs(path, answers)                  -> a file that `read_outputs` reads back whole
"""

from shopglot_eval.systems.keeping import write_outputs
from shopglot_eval.systems.outside import read_outputs, systems_in
from shopglot_eval.systems.randomizing import SEED, translate_at_random
from shopglot_eval.systems.reranking import rerank
from shopglot_eval.systems.stored import read_store
from shopglot_eval.systems.translating import describe, translate, without_glossary

__all__ = [
    "SEED",
    "describe",
    "read_outputs",
    "read_store",
    "rerank",
    "systems_in",
    "translate",
    "translate_at_random",
    "without_glossary",
    "write_outputs",
]
