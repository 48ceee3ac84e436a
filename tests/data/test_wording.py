"""Numbers in the sentences of this package are written as on the pages."""

from __future__ import annotations

import pytest

from data.checks.wording import share
from data.wording import number, percent


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(970), "970"),
        (number(1041), "1\u202f041"),
        (number(1_250_000), "1\u202f250\u202f000"),
        (percent(0.8), "80 %"),
        (percent(2 / 3), "67 %"),
        (percent(0.075), "7.5 %"),
        (percent(0.05), "5 %"),
        (percent(0.0996), "10 %"),
        (share(391_379 / 392_732), "99.7 %"),
        (share(0.9999), "> 99.9 %"),
        (share(1.0), "100 %"),
        (share(0.0996), "10 %"),
    ],
)
def test_numbers_are_written_one_way(written: str, expected: str) -> None:
    assert written == expected
