"""The rules over readable rows, one per file; key = file name = `name`; in the order of application."""

from data.cleaning.base import Rule
from data.cleaning.rules.above_maximum import AboveMaximum
from data.cleaning.rules.below_minimum import BelowMinimum
from data.cleaning.rules.binarised import Binarised
from data.cleaning.rules.cancellations import Cancellations
from data.cleaning.rules.event_types import EventTypes
from data.cleaning.rules.exact_duplicates import ExactDuplicates
from data.cleaning.rules.extreme_users import ExtremeUsers
from data.cleaning.rules.k_core import KCore
from data.cleaning.rules.no_user import NoUser
from data.cleaning.rules.normalised_ids import NormalisedIds
from data.cleaning.rules.not_a_user import NotAUser
from data.cleaning.rules.not_an_item import NotAnItem
from data.cleaning.rules.repeated_pairs import RepeatedPairs
from data.cleaning.rules.time_window import TimeWindow

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        NoUser(),
        NormalisedIds(),
        NotAUser(),
        NotAnItem(),
        EventTypes(),
        Cancellations(),
        BelowMinimum(),
        AboveMaximum(),
        TimeWindow(),
        ExactDuplicates(),
        ExtremeUsers(),
        RepeatedPairs(),
        Binarised(),
        KCore(),
    )
}
