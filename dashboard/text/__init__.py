"""The words of the interface: `t("home.title")`. A second language is a second folder beside `en`."""

from __future__ import annotations

from dashboard.text.en import WORDS


def t(key: str, **values: object) -> str:
    """The sentence under `key` with its placeholders filled.

    Raises:
        KeyError: no such sentence, or a placeholder without a value; both are bugs that a test finds.
    """
    return WORDS[key].format(**values)


def has(key: str) -> bool:
    """Is there a sentence under `key`? For words that belong to data (a state, a rule)."""
    return key in WORDS
