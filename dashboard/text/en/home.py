"""Sentences of the page `home`."""

WORDS: dict[str, str] = {
    "home.title": "Home",
}
