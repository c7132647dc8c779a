"""The tables of each version as it left them: what is written here is history and never changes."""
