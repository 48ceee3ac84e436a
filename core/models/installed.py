"""Models from installed packages: entry points of the group `rankscope.models`.

A package names its class in its own pyproject.toml:

    [project.entry-points."rankscope.models"]
    co_occurrence = "my_package.models:CoOccurrence"
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel

from core.models.needs import NEEDS

GROUP = "rankscope.models"
DEVICES = ("cpu", "cuda")
METHODS = ("fit", "score", "arrays", "restore")
# what the import of a module of somebody else may fail with; a broken package must not stop the app
BROKEN = (
    ArithmeticError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip


def installed_models(own: Collection[str], known: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(classes by name, reasons by the name of what could not be taken).

    Args:
        own: names that nobody may replace.
        known: what is registered; passed over.
    """
    taken: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        if entry.name in own:
            refused[entry.name] = f"{_origin(entry)}: the name {entry.name!r} belongs to a model of Rankscope"
        elif entry.name not in known and entry.name not in taken and not _being_imported(entry):
            model, problem = _load(entry)
            if problem:
                refused[entry.name] = f"{_origin(entry)}: {problem}"
            else:
                taken[entry.name] = model
    return taken, refused


def _origin(entry: EntryPoint) -> str:
    return f"{entry.value} of {entry.dist.name}" if entry.dist is not None else entry.value


def _being_imported(entry: EntryPoint) -> bool:
    """Whether the import of this very module is what led here: its class is not there yet."""
    spec = getattr(sys.modules.get(entry.module), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))


def _load(entry: EntryPoint) -> tuple[Any, str]:
    try:
        model = entry.load()
    except BROKEN as error:
        return None, f"it cannot be imported ({type(error).__name__}: {error})"
    return model, structural_problem(entry.name, model)


def structural_problem(name: str, model: Any) -> str:
    """What keeps `model` from being a recommender class called `name`; empty when nothing does.

    A quick look at the class: what it promises by behaviour is tested by `rankscope check-model`.
    """
    if not isinstance(model, type):
        return f"it is a {type(model).__name__}, not a class"
    absent = [method for method in METHODS if not callable(getattr(model, method, None))]
    if absent:
        return f"it has no method {absent[0]!r} (a recommender has {', '.join(METHODS)})"
    if getattr(model, "name", None) != name:
        return f"its `name` is {getattr(model, 'name', None)!r} and must be {name!r}, as registered"
    if not isinstance(getattr(model, "label", None), str) or not model.label:  # type: ignore[attr-defined]
        return "it has no `label`, the name people see"
    return _problem_of_config(getattr(model, "Config", None)) or _problem_of_facts(model)


def _problem_of_config(config: Any) -> str:
    if not isinstance(config, type) or not issubclass(config, BaseModel):
        return "its `Config` is not a class of settings (derive it from core.models.base.ModelConfig)"
    required = [name for name, field in config.model_fields.items() if field.is_required()]
    return f"its setting {required[0]!r} has no default" if required else ""


def _problem_of_facts(model: Any) -> str:
    needs, devices = getattr(model, "needs", None), getattr(model, "devices", None)
    if not isinstance(needs, tuple) or not set(needs) <= set(NEEDS):
        return f"its `needs` are {needs!r} and must be a tuple of some of {', '.join(NEEDS)}"
    if not isinstance(devices, tuple) or "cpu" not in devices or not set(devices) <= set(DEVICES):
        return f"its `devices` are {devices!r} and must be ('cpu',) or ('cpu', 'cuda')"
    if not isinstance(getattr(model, "stochastic", None), bool):
        return "its `stochastic` must say whether the seed matters (True or False)"
    return ""
