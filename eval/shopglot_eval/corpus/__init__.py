"""The commerce corpus: invented listings written by hand, with what a US and a Hong Kong shop would print.

    scripts/corpus check FILE...                              is what an author wrote fit to be used
    scripts/corpus build FILE... --out eval/data/commerce     the three JSON Lines files, split by listing

Authors write plain text (`authoring`), which is put together as listings (`building`), cut by the pipeline's own
segmentation and judged by its own checks and rules as a person's texts (`judging`), held against one another and
against texts that must not be copied (`likeness`), and written down (`writing`).
"""
