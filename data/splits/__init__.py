"""Split protocols by key, and advice which to use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from data.errors import ConfigError, NotFound
from data.policy import propose_policy as propose_policy
from data.policy import repeat_share as repeat_share
from data.splits.advice import SplitAdvice as SplitAdvice
from data.splits.advice import SplitCounts as SplitCounts
from data.splits.advice import count as count
from data.splits.advice import count_all as count_all
from data.splits.advice import recommend_split as recommend_split
from data.splits.base import Splitter as Splitter
from data.splits.given import Given
from data.splits.item_cold import ItemCold
from data.splits.last import Last
from data.splits.random import Random
from data.splits.ratio import Ratio
from data.splits.rolling import each_fold as each_fold
from data.splits.rolling import fold_table as fold_table
from data.splits.rolling import rolling_folds as rolling_folds
from data.splits.time import Time
from data.splits.user_cold import UserCold
from data.splits.user_item_cold import UserItemCold
from data.splits.user_time import UserTime

SPLITTERS: dict[str, type[Any]] = {
    "time": Time,
    "last": Last,
    "user_time": UserTime,
    "random": Random,
    "ratio": Ratio,
    "user_cold": UserCold,
    "item_cold": ItemCold,
    "user_item_cold": UserItemCold,
    "given": Given,
}


def make_splitter(protocol: str, config: Mapping[str, Any] | None = None) -> Splitter:
    """The protocol with these settings; those left out have their defaults.

    Raises:
        NotFound: no such protocol.
        ConfigError: a setting is unknown or out of range.
    """
    if protocol not in SPLITTERS:
        raise NotFound(f"There is no split protocol {protocol!r}.", f"Use one of: {', '.join(SPLITTERS)}.")
    splitter = SPLITTERS[protocol]
    try:
        made: Splitter = splitter(splitter.Config(**(config or {})))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise ConfigError(
            f"The split {protocol!r} cannot be made: {where}: {first['msg']}.",
            f"The settings are: {', '.join(splitter.Config.model_fields)}.",
        ) from error
    return made
