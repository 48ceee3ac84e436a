"""Sentences of the page `split`."""

WORDS: dict[str, str] = {
    "split.title": "Split & policy",
}
