"""Sentences of the page `side_by_side`."""

WORDS: dict[str, str] = {}
