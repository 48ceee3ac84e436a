"""Questions in SQL to one stored data set: read-only, bounded, in a process of their own."""

from data.asking.question import Answer, Column, QuestionError, ask
from data.asking.schema import TableShape, schema

__all__ = ["Answer", "Column", "QuestionError", "TableShape", "ask", "schema"]
