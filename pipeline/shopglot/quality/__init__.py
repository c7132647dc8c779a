"""How good is a translation? One number with a signature; the cut-offs are `decide`'s."""

from shopglot.quality.estimate import SIGNATURE, estimate

__all__ = ["SIGNATURE", "estimate"]
