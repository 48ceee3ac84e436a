"""New users: quality against the number of known events, strategies for short histories, a sandbox."""

from core.cold_start.as_is import AsIs
from core.cold_start.base import Answer, Strategy
from core.cold_start.crossing import Crossing, crossings
from core.cold_start.curve import NShot
from core.cold_start.lists import top_lists
from core.cold_start.n_shot import n_shot
from core.cold_start.popularity import Popularity
from core.cold_start.switch import Switch

__all__ = ["STRATEGIES", "Answer", "Crossing", "NShot", "Strategy", "crossings", "n_shot", "top_lists"]

STRATEGIES: dict[str, type[Strategy]] = {"as_is": AsIs, "popularity": Popularity, "switch": Switch}
