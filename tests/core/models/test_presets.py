"""Presets: every one is accepted by its model, and says what its name promises."""

from __future__ import annotations

import pytest

from core.models import MODELS, estimate_seconds
from core.models.presets import _SETTINGS, preset, presets
from data.errors import ConfigError, NotFound

EVERY = [(name, which) for name in MODELS for which in presets(name)]


@pytest.mark.parametrize(("name", "which"), EVERY)
def test_every_preset_is_accepted_by_its_model(name: str, which: str):
    settings = preset(name, which)
    config = MODELS[name].Config(**settings)
    assert {field: getattr(config, field) for field in settings} == settings


def test_balanced_is_the_defaults_and_every_model_has_it():
    assert all(preset(name, "balanced") == {} for name in MODELS)


@pytest.mark.parametrize("name", [name for name in MODELS if "quick" in presets(name)])
def test_quick_never_takes_longer_than_balanced(name: str):
    config = MODELS[name].Config
    quick, usual = (
        estimate_seconds(name, made, 10_000, 5_000, 1_000_000)
        for made in (config(**preset(name, "quick")), config())
    )
    assert quick <= usual


def test_presets_are_written_for_models_that_exist():
    assert set(_SETTINGS) <= set(MODELS)


def test_a_preset_that_a_model_has_not_is_refused_with_those_it_has():
    with pytest.raises(ConfigError, match="no preset 'paper'"):
        preset("random", "paper")
    with pytest.raises(NotFound, match="no model 'magic'"):
        presets("magic")
