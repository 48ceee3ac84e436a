"""FUSERS: the ways of joining several models' lists. Key = file name = `name`."""

from core.fusion.base import Fuser as Fuser
from core.fusion.base import FuserConfig as FuserConfig
from core.fusion.base import Pool as Pool
from core.fusion.rrf import RRF
from core.fusion.weighted_sum import WeightedSum

FUSERS: dict[str, type[RRF] | type[WeightedSum]] = {
    "rrf": RRF,
    "weighted_sum": WeightedSum,
}
