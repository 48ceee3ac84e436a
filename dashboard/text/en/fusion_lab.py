"""Sentences of the page `fusion_lab`."""

WORDS: dict[str, str] = {}
