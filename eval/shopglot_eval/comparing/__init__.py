"""Two or more systems side by side: the first is what the others are compared with.

`compare` returns a section with a table of all measures (difference, interval, significance, how many people would
agree), wins and losses by slice, and the texts that differ most with the differences marked. `passages` makes the texts
behind any number of a report, `marks` finds where two renderings differ, `flips` tests many paired differences at once.
"""

from shopglot_eval.comparing.differences import distance, marks
from shopglot_eval.comparing.passages import passage, passages
from shopglot_eval.comparing.section import Compared, compare

__all__ = ("Compared", "compare", "distance", "marks", "passage", "passages")
