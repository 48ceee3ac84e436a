"""Reading files of many shapes as tables of text."""

from data.reading.lists import read_lists as read_lists
from data.reading.preview import preview as preview
from data.reading.shape import FileShape as FileShape
from data.reading.sniffing import sniff as sniff
