"""The review desk: the translators' web application on the store that the nightly run writes to."""
