"""What a file looks like: the settings that reading needs, editable and JSON serialisable."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.errors import DataError

Format = Literal["delimited", "user_lines", "parquet", "jsonl", "json", "xlsx"]
Compression = Literal["none", "gzip", "zstd", "zip"]
LineStart = Literal["user", "count"]
Encoding = Literal["utf-8", "latin-1", "cp1252", "utf-16"]


class FileShape(BaseModel):
    """How the file is written. Proposed by `sniff`; every field may be changed by hand."""

    model_config = ConfigDict(frozen=True)

    format: Format = Field(
        default="delimited",
        description="Rows of separated text, one line of items per user, Parquet, one JSON object per line, "
        "a JSON array, or an Excel sheet.",
    )
    compression: Compression = Field(default="none", description="Packing around the file.")
    encoding: Encoding = Field(
        default="utf-8", description="How letters are stored; UTF-8 unless it cannot be."
    )
    delimiter: str = Field(
        default=",", max_length=4, description="What stands between two fields, e.g. , or ::."
    )
    quote: Literal['"', ""] = Field(
        default='"',
        description="Mark around fields that contain the delimiter; empty when marks mean nothing.",
    )
    header: bool = Field(default=True, description="Whether the first line names the columns.")
    comment: str = Field(
        default="", max_length=2, description="Lines that begin so are no rows; empty when there are none."
    )
    line_start: LineStart = Field(
        default="user",
        description="One line per user: whether it starts with the user's id, or with the number of items "
        "(then the line number, from 0, is the user).",
    )
    columns: tuple[str, ...] = Field(default=(), description="Names of the columns, in file order.")
    reasons: tuple[str, ...] = Field(default=(), description="Why the file was judged so.")

    def position(self, column: str) -> int:
        """Index of a column.

        Raises:
            DataError: the file has no such column; the message lists those it has.
        """
        if column not in self.columns:
            raise DataError(
                f"The file has no column {column!r}.",
                f"Choose one of: {', '.join(self.columns)}.",
            )
        return self.columns.index(column)
