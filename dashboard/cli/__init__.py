"""The command `rankscope`: everything the screen does, for automation. Heavy imports happen per command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from dashboard.cli import (
    comparing,
    data_commands,
    experimenting,
    explaining,
    model_commands,
    serving,
    training,
)
from data.errors import Cancelled, RankscopeError
from data.home import Home

BAD_INPUT = 2
INTERRUPTED = 130
GROUPS = (data_commands, model_commands, training, experimenting, comparing, explaining, serving)


def parser() -> argparse.ArgumentParser:
    """The parser with one sub-parser per command."""
    top = argparse.ArgumentParser(
        prog="rankscope",
        description="A recommender analyst's workbench: import, train, compare, fuse, explain.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on stdout, messages on stderr")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add_to(commands, common)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; exit code 0, or 2 with a sentence on stderr for bad input."""
    asked = parser().parse_args(arguments)
    if "numba" not in sys.modules:  # it reads the place of its cache when it is imported
        os.environ.setdefault("NUMBA_CACHE_DIR", str(Home.current().cache / "numba"))
    try:
        return int(asked.run(asked) or 0)
    except RankscopeError as error:
        sys.stderr.write(f"rankscope: {error}\n")
        return BAD_INPUT
    except (KeyboardInterrupt, Cancelled):
        sys.stderr.write("rankscope: stopped\n")
        return INTERRUPTED
