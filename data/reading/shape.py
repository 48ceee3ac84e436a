"""What a file looks like: the settings that reading needs, editable and JSON serialisable."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.errors import DataError

Format = Literal["delimited", "user_lines", "matrix", "parquet", "jsonl", "json", "xlsx"]
Compression = Literal["none", "gzip", "zstd", "zip"]
LineStart = Literal["user", "count", "none"]
Encoding = Literal["utf-8", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
Quote = Literal['"', "'", ""]
Thousands = Literal["", ",", ".", " ", "'"]


class FileShape(BaseModel):
    """How the file is written. Proposed by `sniff`; every field may be changed by hand."""

    model_config = ConfigDict(frozen=True)

    format: Format = Field(
        default="delimited",
        description="Rows of separated text, one line of items per user, a matrix of users by items, "
        "Parquet, one JSON object per line, a JSON array, or an Excel sheet.",
    )
    compression: Compression = Field(default="none", description="Packing around the file.")
    encoding: Encoding = Field(
        default="utf-8", description="How letters are stored; UTF-8 unless it cannot be."
    )
    member: str | None = Field(
        default=None,
        description="The file of an archive, or the sheet of a workbook, that is read; none: the likeliest.",
    )
    members: tuple[str, ...] = Field(
        default=(), description="The files of the archive, or sheets of the workbook, that could be read."
    )
    delimiter: str = Field(
        default=",",
        min_length=1,
        max_length=8,
        description="What stands between two fields, e.g. , or ::, or \\\\s+ for any blanks.",
    )
    quote: Quote = Field(
        default='"',
        description="Mark around fields that contain the delimiter; empty when marks mean nothing.",
    )
    header: bool = Field(default=True, description="Whether the first line names the columns.")
    header_lines: int = Field(
        default=1, ge=1, le=20, description="Lines of the header; more than one when a quoted name is broken."
    )
    comment: str = Field(
        default="", max_length=8, description="Lines that begin so are no rows; empty when there are none."
    )
    line_start: LineStart = Field(
        default="user",
        description="One line per user: whether it starts with the user's id, with the number of items (then "
        "the line number, from 0, is the user), or (matrix only) with the first item's weight.",
    )
    missing: str = Field(
        default="",
        max_length=16,
        description="In a matrix: what stands where a user has no weight for an item, e.g. 0, 99 or -1, "
        "beside empty cells and NA.",
    )
    keyed: bool = Field(
        default=False,
        description='JSON that is one object of rows by id, {"i7": …, "i9": …}; the key is the column id.',
    )
    decimal: Literal[".", ","] = Field(default=".", description="Mark before the decimals of a number.")
    thousands: Thousands = Field(
        default="", description="Mark between groups of three digits of a number; empty when there is none."
    )
    columns: tuple[str, ...] = Field(
        default=(),
        description="Names of the columns, in file order; a.b is field b of the object in column a.",
    )
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
