"""Sentences of the page `leaderboard`."""

WORDS: dict[str, str] = {}
