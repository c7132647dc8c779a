"""Would a chat model translate better if it were shown the nearest texts that people have translated?

An experiment that is kept: `python -m shopglot_eval.retrieval --help`. What was found stands in docs/retrieval.md.
"""
