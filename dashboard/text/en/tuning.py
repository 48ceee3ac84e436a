"""Sentences of tuning (on the page `train`)."""

WORDS: dict[str, str] = {
    "tuning.run_label": "{label} tuned ({trials} trials)",
}
