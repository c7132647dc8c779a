"""Examples to train a chat model on: our corpus, and a little else, as the pipeline would send it to the engine."""
