"""How good is a translation? One calibrated probability with a signature; the cut-offs are `decide`'s."""

from shopglot.quality.estimator import Estimator, load_estimator
from shopglot.quality.opinion import Opinion, read

__all__ = ["Estimator", "Opinion", "load_estimator", "read"]
