"""Sentences of the page `import_data`."""

WORDS: dict[str, str] = {
    "import_data.title": "Import",
}
