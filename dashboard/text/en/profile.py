"""Sentences of the page `profile`."""

WORDS: dict[str, str] = {
    "profile.title": "Profile & doctor",
}
