"""Sentences of the page `new_users`."""

WORDS: dict[str, str] = {}
