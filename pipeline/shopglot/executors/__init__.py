"""Where run.py's batch step runs."""
