"""What the README shows is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.device import CPU
from core.models.base import ModelConfig, Recommender
from data.histories import from_lists
from tests.conftest import make_dataset

README = Path(__file__).parents[2] / "README.md"


def block(heading: str) -> str:
    """The first Python block under a heading."""
    _, found, rest = README.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"no heading {heading!r}"
    code = re.search(r"```python\n(.*?)```", rest.split("\n## ")[0], re.DOTALL)
    assert code is not None
    return code[1]


def test_the_example_without_the_browser_imports_splits_fits_and_evaluates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(40):
        for day, item in enumerate(rng.permutation(20)[:15]):
            lines.append(f"{user},{item + 20 * (user % 2)},{3 + day % 3},{1_500_000_000 + 86_400 * day}")
    (tmp_path / "ratings.csv").write_text("\n".join(lines) + "\n")
    monkeypatch.chdir(tmp_path)
    exec(block("Without the browser"), {})  # the README's own words
    assert re.search(r"ndcg\s+10\s+0\.\d+", capsys.readouterr().out)


def test_the_model_in_ten_lines_is_a_recommender() -> None:
    names: dict[str, Any] = {"ModelConfig": ModelConfig, "np": np}
    exec(block("Add a model in ten lines"), names)  # the README's own words
    kind = names["CoOccurrence"]
    train = make_dataset([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 1, 2])
    model = kind(kind.Config()).fit(train, validation=None, seed=0, device=CPU)
    assert isinstance(model, Recommender)
    histories = from_lists([[0], [], [1, 2]], train.n_items)
    scores = model.score(histories)
    # item 0 stands with itself in 2 histories, with item 1 in 2, with item 2 in none
    np.testing.assert_array_equal(scores[0], [2, 2, 0])
    assert scores.shape == (3, 3)
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(model.score(histories, np.array([2, 0])), scores[:, [2, 0]])
    again = kind.restore(kind.Config(), model.arrays())
    np.testing.assert_array_equal(again.score(histories), scores)
