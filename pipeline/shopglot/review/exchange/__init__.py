"""Held segments out to agencies as files, and back in with checks."""

from shopglot.review.exchange.web import routes

__all__ = ["routes"]
