"""Rules over readable rows, each with the number of lines it touches; and which of them are proposed."""

from data.cleaning.applying import Cleaned as Cleaned
from data.cleaning.applying import clean as clean
from data.cleaning.config import Cleaning as Cleaning
from data.cleaning.rules import RULES as RULES
from data.cleaning.touching import touched as touched
