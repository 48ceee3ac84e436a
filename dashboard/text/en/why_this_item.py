"""Sentences of the page `why_this_item`."""

WORDS: dict[str, str] = {}
