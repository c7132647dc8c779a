"""shopglot: localize Chinese product pages for overseas markets, and publish only what is good enough."""

__version__ = "0.1.0"
