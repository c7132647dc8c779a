"""Fitting and measuring the estimator of `shopglot.quality` on expert scores, generated errors and verdicts."""
