"""Sentences of the page `runs`."""

WORDS: dict[str, str] = {
    "runs.title": "Runs & jobs",
}
