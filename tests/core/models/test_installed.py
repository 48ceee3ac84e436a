"""Models of installed packages: found by entry point, looked at before they are taken, never in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.models import MODELS, OWN, REFUSED, estimate_seconds, model_class, register_installed
from core.models.installed import structural_problem
from data.errors import NotFound

SOURCE = '''
import numpy as np
from core.models.base import ModelConfig


class Constant:
    """Everybody gets the first item."""

    name, label, needs, devices, stochastic = "constant", "Constant", (), ("cpu",), False
    Config = ModelConfig

    def __init__(self, config=None):
        self.config = config or ModelConfig()

    def fit(self, train, *, report=lambda *a, **k: None, **_):
        report(0.0)
        self.n_ = train.n_items
        report(1.0)
        return self

    def score(self, histories, items=None):
        scores = np.tile(-np.arange(self.n_, dtype=np.float32), (len(histories), 1))
        return scores if items is None else scores[:, items]

    def arrays(self):
        return {"n": np.asarray(self.n_)}

    @classmethod
    def restore(cls, config, arrays):
        model = cls(config)
        model.n_ = int(arrays["n"])
        return model
'''


def install(folder: Path, entries: str, source: str = SOURCE, module: str = "tiny_models") -> None:
    """A distribution as an installer leaves it."""
    (folder / f"{module}.py").write_text(source)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[rankscope.models]\n{entries}\n")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder on the path, and the registries as they were afterwards."""
    before, refused = dict(MODELS), dict(REFUSED)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for known, old in ((MODELS, before), (REFUSED, refused)):
        known.clear()
        known.update(old)
    for module in ("tiny_models", "broken_models"):
        sys.modules.pop(module, None)


def test_a_model_of_an_installed_package_is_registered_and_usable(registry: Path) -> None:
    install(registry, "constant = tiny_models:Constant")
    assert register_installed() == {}
    assert MODELS["constant"].label == "Constant"
    assert list(MODELS)[-1] == "constant"
    assert register_installed() == {}  # nothing happens twice
    assert (
        0
        < estimate_seconds("constant", None, 10, 10, 100)
        < estimate_seconds("constant", None, 10, 10, 10**8)
    )


def test_a_model_asked_for_by_name_is_looked_for_once_more(registry: Path) -> None:
    with pytest.raises(NotFound):
        model_class("constant")
    install(registry, "constant = tiny_models:Constant")
    assert model_class("constant").name == "constant"


def test_what_cannot_be_taken_is_refused_with_the_reason_and_stops_nobody(registry: Path) -> None:
    install(
        registry, "ease = tiny_models:Constant\nother = tiny_models:Constant\nconstant = tiny_models:Constant"
    )
    install(registry, "broken = broken_models:Model", "1 / 0\n", "broken_models")
    refused = register_installed()
    assert set(refused) == {"ease", "other", "broken"}
    assert "belongs to a model of Rankscope" in refused["ease"]
    assert "must be 'other'" in refused["other"]
    assert "ZeroDivisionError" in refused["broken"]
    assert "broken_models" in refused["broken"]
    assert MODELS["constant"].label == "Constant"
    assert MODELS["ease"].__module__ == "core.models.ease"


def test_a_package_whose_own_import_leads_here_is_left_for_later(registry: Path) -> None:
    install(registry, "constant = tiny_models:Constant")
    code = (
        "import tiny_models\nfrom core.models import MODELS, REFUSED, model_class\n"
        "assert not REFUSED, REFUSED\nassert model_class('constant') is tiny_models.Constant\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(registry)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_registered_model_passes_the_quick_look() -> None:
    assert {name: structural_problem(name, MODELS[name]) for name in OWN} == dict.fromkeys(OWN, "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"fit": None}, "no method 'fit'"),
        ({"label": ""}, "no `label`"),
        ({"Config": dict}, "not a class of settings"),
        ({"needs": ("luck",)}, "must be a tuple of some of times"),
        ({"devices": ("cuda",)}, "must be ('cpu',)"),
        ({"stochastic": None}, "whether the seed matters"),
    ],
)
def test_the_quick_look_says_what_is_missing(change: dict, problem: str) -> None:
    assert problem in structural_problem("ease", type("Changed", (MODELS["ease"],), change))
    assert "not a class" in structural_problem("ease", MODELS["ease"]())
