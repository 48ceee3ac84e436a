"""Questions in SQL to one stored data set: read-only, bounded, in a process of their own."""

from data.asking.question import Answer, Column, QuestionError, ask
from data.asking.schema import ColumnShape, TableShape, schema
from data.asking.wording import Busy

__all__ = ["Answer", "Busy", "Column", "ColumnShape", "QuestionError", "TableShape", "ask", "schema"]
