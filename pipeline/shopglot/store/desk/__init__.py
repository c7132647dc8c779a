"""The review desk's part of the store: the queue, what people do with it, and who they are."""
