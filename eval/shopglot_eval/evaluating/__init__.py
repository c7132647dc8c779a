"""`shopglot eval`: suites are read, systems translate them or are read from files, and a report is made of it.

gather(plan)          -> an Evaluation: the suites, and every system's answers
assemble(evaluation)  -> a Document with all that is measured; `shopglot_eval.reporting` gives it a form
make(plan, wish)      -> both, with the regression gate
"""

from shopglot_eval.evaluating.assembly import assemble
from shopglot_eval.evaluating.gathering import Plan, gather
from shopglot_eval.evaluating.making import Made, Wish, make

__all__ = ["Made", "Plan", "Wish", "assemble", "gather", "make"]
