"""Sentences of the page `train`."""

WORDS: dict[str, str] = {
    "train.title": "Train",
}
