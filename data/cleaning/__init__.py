"""Rules over readable rows, each with the number of lines it touches."""

from data.cleaning.config import Cleaning as Cleaning
from data.cleaning.rules import Cleaned as Cleaned
from data.cleaning.rules import clean as clean
