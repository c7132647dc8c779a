"""Does a store survive? Nights, translators and merchants are killed, cut off and starved, and taken up again.

    python -m shopglot_eval.faults --points 300 --engine both --seed 1

The same story (`story`) is told again and again in real processes (`process`), each time with other faults (`trials`).
Whatever happened, its end has to be that of a telling which nobody disturbed (`content`): the published catalog, the
events, the file that the relay wrote and the memory. Nothing of this is known to the product: faults come from hooks
that the harness puts into its own processes, from signals, from limits of the operating system and from the server.
"""
