"""How a file is described to the person who dropped it."""

from __future__ import annotations

from typing import get_args

import pytest

from dashboard.components.mapping_form import shape_in_words
from data.reading.shape import Compression, FileShape, Format


@pytest.mark.parametrize("packed", get_args(Compression))
@pytest.mark.parametrize("kind", get_args(Format))
def test_every_format_in_every_packing_has_words(kind, packed):
    words = shape_in_words(FileShape(format=kind, compression=packed))
    assert words
    assert "import_data" not in words


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (FileShape(format="user_lines", line_start="count"), "each led by its length"),
        (FileShape(format="xlsx", header=True), "an Excel sheet, with a header"),
        (FileShape(format="json", compression="zip"), "a JSON array, from a ZIP archive"),
    ],
)
def test_the_words_say_what_it_is(shape, words):
    assert words in shape_in_words(shape)
