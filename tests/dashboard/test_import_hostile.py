"""Hostile files on the import page: understood and counted, or refused in words; never anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.loaders import import_reading, imports
from data.errors import RankscopeError
from data.read_tables import Read
from data.recipe import Recipe
from tests.data.hostile.kinds import Kind
from tests.data.hostile.packed import KINDS as PACKED
from tests.data.hostile.texts import KINDS as TEXTS


def answer(question: Callable[[], object]) -> object:
    """What a call gives, or the refusal; anything else fails the test."""
    try:
        return question()
    except RankscopeError as error:
        return error


@pytest.mark.parametrize("kind", [*TEXTS, *PACKED], ids=[kind.name for kind in (*TEXTS, *PACKED)])
def test_a_hostile_file_is_looked_into_and_counted_or_refused(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kind.write(tmp_path)
    for module in (imports, import_reading):
        monkeypatch.setattr(module, "located", lambda _: (path, path.name))
    look = answer(lambda: imports.look_into(kind.name))
    if isinstance(look, RankscopeError):
        assert look.problem
        assert look.hint
        return
    assert isinstance(look, imports.Look)
    assert set(imports.proposed_roles([look])) == {kind.name}
    if look.proposal is None:
        return
    recipe = Recipe(shape=look.shape, mapping=look.proposal.mapping)
    read = answer(lambda: import_reading.read({"events": [kind.name]}, recipe))
    if isinstance(read, RankscopeError):
        assert read.hint
        return
    assert isinstance(read, Read)
    counted = import_reading.touched_by(read, kind.name, look.proposal.cleaning)
    left = int(counted["lines"][counted["on"]].sum()) + sum(read.events.set_aside.values())
    assert left + read.events.header + read.events.quarantined == read.events.lines
