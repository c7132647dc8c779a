"""One module for each version of the schema: how a store gets there from the one before, and back."""
