"""Words: every sentence that is asked for exists, none is left over, placeholders fit, tone is kept."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from dashboard.text import numbers, t
from dashboard.text.en import PARTS, WORDS
from dashboard.text.glossary import TERMS, definition, plain

ROOT = Path(__file__).parents[2] / "dashboard"
SOURCES = [path for path in ROOT.rglob("*.py") if "text/en" not in path.as_posix()]
THIN = "\u202f"


def calls():
    """(file, key or None, its node, names given, whether more are given by **) of every t(…)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
                key = node.args[0]
                constant = key.value if isinstance(key, ast.Constant) else None
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                more = any(keyword.arg is None for keyword in node.keywords)
                yield path.name, constant, key, names, more


def texts(path):
    """Every piece of text in a file, f-strings as a pattern."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"[\w]+" for v in node.values
            ]
            yield re.compile("".join(parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.compile(re.escape(node.value))


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_that_is_asked_for_exists():
    missing = [(file, key) for file, key, *_ in calls() if key is not None and key not in WORDS]
    assert missing == []


def test_every_placeholder_gets_a_value_and_no_value_is_without_one():
    wrong = [
        (file, key, placeholders(WORDS[key]) ^ names)
        for file, key, _, names, more in calls()
        if key in WORDS and not more and placeholders(WORDS[key]) != names
    ]
    assert wrong == []


def test_no_sentence_is_left_over():
    patterns = [pattern for path in SOURCES for pattern in texts(path) if "." in pattern.pattern]
    unused = [key for key in WORDS if not any(pattern.fullmatch(key) for pattern in patterns)]
    assert unused == []


def test_a_key_stands_in_one_file_and_begins_with_its_name():
    assert sum(len(part.WORDS) for part in PARTS) == len(WORDS)
    for part in PARTS:
        name = part.__name__.rsplit(".", 1)[1]
        assert all(key.startswith(f"{name}.") for key in part.WORDS)


def test_sentences_keep_the_tone():
    shouting = [key for key, text in WORDS.items() if "!" in text or "successfully" in text.lower()]
    emoji = [key for key, text in WORDS.items() if any(ord(letter) > 0x1F000 for letter in text)]
    assert shouting == []
    assert emoji == []


def test_glossary_says_plain_words_first_then_the_term():
    assert plain("fingerprint") == "same test conditions (fingerprint)"
    assert all(definition(term).endswith(".") for term in TERMS)


def test_a_sentence_is_filled_in():
    assert t("common.next", label="train") == "Next: train"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numbers.score(0.14159), "0.142"),
        (numbers.score(float("nan")), "–"),
        (numbers.signed(0.0142), "+0.014"),
        (numbers.signed(-0.0142), "\u22120.014"),
        (numbers.signed(-0.0001), "0.000"),
        (numbers.difference(0.014, 0.009, 0.019), "+0.014, 95 % 0.009–0.019"),
        (numbers.difference(0.001, -0.002, 0.004), "+0.001, 95 % \u22120.002 to 0.004"),
        (numbers.share(0.423), "42 %"),
        (numbers.share(0.031), "3.1 %"),
        (numbers.share(0.0003), "0.03 %"),
        (numbers.share(0), "0 %"),
        (numbers.share(1), "100 %"),
        (numbers.share(0.9966), "99.7 %"),
        (numbers.share(0.99999), "> 99.9 %"),
        (numbers.share(0.0999), "10 %"),
        (numbers.share(0.00001), "< 0.01 %"),
        (numbers.count(9724), f"9{THIN}724"),
        (numbers.count(10_000), "10k"),
        (numbers.count(100_836), "101k"),
        (numbers.count(61_543), "61.5k"),
        (numbers.count(1_250_000), "1.2M"),
        (numbers.exact_count(100_836), f"100{THIN}836"),
        (numbers.plural(1, "run", "runs"), "1 run"),
        (numbers.plural(4, "run", "runs"), "4 runs"),
        (numbers.duration(80), "1 min 20 s"),
        (numbers.duration(0.04), "0.1 s"),
        (numbers.duration(59.7), "1 min"),
        (numbers.duration(7500), "2 h 5 min"),
        (numbers.date(0), "1970-01-01"),
        (numbers.date_time("2026-11-21T14:05:30+00:00"), "2026-11-21 14:05"),
        (numbers.date(None), "–"),
        (numbers.join(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_numbers_are_written_one_way(written, expected):
    assert written == expected


def test_a_long_title_is_cut_in_the_middle():
    assert numbers.shorten("short") == "short"
    cut = numbers.shorten("The Lord of the Rings: The Fellowship of the Ring (2001)", 30)
    assert len(cut) <= 30
    assert cut.startswith("The Lord")
    assert cut.endswith("(2001)")
    assert (
        numbers.shorten("Reciprocal rank fusion: Item-kNN + EASE + Implicit ALS", 24) == "Reciprocal rank…ALS"
    )
    assert numbers.shorten("one-very-long-word-without-any-space-in-it", 20) == "one-very-lon…e-in-it"
