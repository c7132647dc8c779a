"""Training an adapter for a chat model, on a machine that may have nothing but this folder.

It needs PyTorch, transformers and peft, and imports nothing else of the project: copied to a machine without network as
a folder of its own it runs as `python -m training`. That is why modules here import one another relatively, and why
what is wrong is a `TrainingError` and not one of `shopglot.errors`.
"""
