"""Random sequences of what may happen to a store, against a model in plain dictionaries of what should be published.

`world` makes small markets and knows, without a store, what a page would become in them; `model` is what should stand.
"""
