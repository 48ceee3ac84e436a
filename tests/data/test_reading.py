"""What files look like, found from their first bytes; previews; ranked lists made elsewhere."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from data.errors import DataError
from data.reading import FileShape, preview, read_lists, sniff
from data.reading.sniffing import split_line
from data.reading.times import guess_time_format


def write(folder: Path, content: str | bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("text", "delimiter", "header", "columns"),
    [
        ("userId,movieId\n1,2\n", ",", True, ("userId", "movieId")),
        (
            "1::1193::5::978300760\n1::661::3::978302109\n",
            "::",
            False,
            tuple(f"column_{i}" for i in (1, 2, 3, 4)),
        ),
        ("1 1 2\n1 2 4\n1 3 3.5\n", " ", False, ("column_1", "column_2", "column_3")),
        ("a\tb c d\n1\t2 3 4\n", "\t", True, ("a", "b c d")),
        ("who;what;extra\nann;tea;a, b\nbob;tea;c\n", ";", False, ("column_1", "column_2", "column_3")),
        (
            "1|Toy Story (1995)|01-Jan-1995\n2|GoldenEye, The|01-Jan-1995\n",
            "|",
            False,
            ("column_1", "column_2", "column_3"),
        ),
        ('"user id","item id"\n"1","2"\n', ",", True, ("user id", "item id")),
        ("x,when\n1,2020-01-01\n2,2020-01-02\n", ",", True, ("x", "when")),
        ("user,user,\n1,2,3\n", ",", True, ("user", "user_2", "column_3")),
        ("userID\titemID\n1\t2\n", "\t", True, ("userID", "itemID")),
    ],
)
def test_delimiter_header_and_columns_are_found(
    tmp_path: Path, text: str, delimiter: str, header: bool, columns: tuple[str, ...]
) -> None:
    shape = sniff(write(tmp_path, text))
    assert (shape.delimiter, shape.header, shape.columns) == (delimiter, header, columns)
    assert shape.reasons


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"user,item\nCaf\xc3\xa9,1\n", "utf-8"),
        (b"user,item\nCaf\xe9,1\n", "latin-1"),
        (b"user,item\n\x93Caf\xe9\x94,1\n", "cp1252"),
        ("user,item\nCafé,1\n".encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_is_found_and_read(tmp_path: Path, raw: bytes, encoding: str) -> None:
    path = write(tmp_path, raw)
    shape = sniff(path)
    assert shape.encoding == encoding
    assert "Café" in preview(path, shape)["user"].iloc[0]


def test_a_letter_cut_by_the_end_of_the_head_does_not_make_it_latin_1(tmp_path: Path) -> None:
    line = "ü,é\n" * 60_000  # 6 bytes a line: 262144 is no multiple of 6, so the head ends inside a line
    assert sniff(write(tmp_path, line)).encoding == "utf-8"


def test_packing_is_found_by_content_not_by_name(tmp_path: Path) -> None:
    shape = sniff(write(tmp_path, gzip.compress(b"user,item\n1,2\n"), "plain.csv"))
    assert shape.compression == "gzip"


def test_json_lines_with_changing_fields_list_all_of_them(tmp_path: Path) -> None:
    shape = sniff(write(tmp_path, '{"user": 1, "item": 2}\n{"user": 1, "vote": "3"}\n'))
    assert (shape.format, shape.columns) == ("jsonl", ("user", "item", "vote"))


def test_a_shape_survives_json() -> None:
    shape = FileShape(delimiter="::", columns=("a", "b"), header=False)
    assert FileShape.model_validate_json(shape.model_dump_json()) == shape


def test_a_preview_shows_text_and_missing_values(tmp_path: Path) -> None:
    path = write(tmp_path, "user,item,rating\n007,x,4.0\n8,y\n9,z,\n")
    table = preview(path, sniff(path))
    assert table.values.tolist() == [["007", "x", "4.0"], ["9", "z", ""]]
    assert len(preview(path, sniff(path), n=1)) == 1


def test_unknown_names_over_recurring_words_are_a_header(tmp_path: Path) -> None:
    rows = "".join(f"{['ann', 'bob', 'cid'][i % 3]},{['tea', 'milk'][i % 2]}\n" for i in range(12))
    assert sniff(write(tmp_path, "who,what\n" + rows)).columns == ("who", "what")
    assert not sniff(write(tmp_path, rows)).header


def test_names_that_are_asked_for_make_the_first_line_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, "key,en\nx,House\n")
    assert not sniff(path).header
    assert sniff(path, columns=["en"]).columns == ("key", "en")


def test_split_line_keeps_stray_marks_and_opens_quoted_fields() -> None:
    assert split_line('1,"a, ""b""",5" x', ",", '"') == ["1", 'a, "b"', '5" x']
    assert split_line('1,"open,2', ",", '"') == ["1", '"open', "2"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["964982703", "964981247"], "epoch_s"),
        (["1529193600.0"], "epoch_s"),
        (["1529193600000", "1529193600001"], "epoch_ms"),
        (["1529193600000000"], "epoch_us"),
        (["1529193600000000000"], "epoch_ns"),
        (["2020-01-01", "2020-01-02 10:00", "2020-01-02T10:00:00.5Z", "2020-01-02T10:00:00+0200"], "iso"),
        (["12/31/2010 8:26", "01/02/2010 8:26"], "%m/%d/%Y %H:%M"),
        (["31/12/2010 8:26", "01/02/2010 8:26"], "%d/%m/%Y %H:%M"),
        (["06 17, 2018", "06 2, 2018"], "%m %d, %Y"),
        (["31.12.2010", "1.2.2011"], "%d.%m.%Y"),
        (["20101231"], "%Y%m%d"),
        (["5", "4", "3"], None),
        (["action", "drama"], None),
        ([], None),
    ],
)
def test_ways_to_write_time_are_recognised(values: list[str | None], expected: str | None) -> None:
    found = guess_time_format(values)
    assert (found[0] if found else None) == expected


def test_lists_with_ranks_are_renumbered_and_scored_by_borda(tmp_path: Path) -> None:
    lists = read_lists(write(tmp_path, "user,item,rank\nb,x,0\na,z,7\nb,y,5\na,y,3\na,y,4\n"))
    assert lists.values.tolist() == [
        ["b", "x", 1, 0.0],
        ["b", "y", 2, -5.0],
        ["a", "y", 1, -3.0],
        ["a", "z", 2, -7.0],
    ]


def test_lists_with_scores_are_ranked_by_them(tmp_path: Path) -> None:
    lists = read_lists(write(tmp_path, "userId\tmovieId\tprediction\n1\t007\t0.5\n1\t8\t0.9\n1\t9\t0.5\n"))
    assert lists[["item", "rank"]].values.tolist() == [["8", 1], ["007", 2], ["9", 3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("user,item\na,b\n", "need user, item and rank or score"),
        ("user,item,score\na,b,high\nc,d,1\n", "holds 'high' in row 1"),
        ("user,item,rank\na,b,1\na,,2\n", "no user or item in row 2"),
        ("user,item,rank\na,b,1\na\nc,d,2\n", "the first is line 3"),
    ],
)
def test_unusable_lists_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_lists(write(tmp_path, text))


def test_a_first_line_of_values_is_no_header_even_over_ids_that_recur(tmp_path: Path) -> None:
    """Ids in letters come back below, but 4.0 stands over ratings and 1343285928 over times."""
    rows = [f"A00{n % 4}XYZ,B00{n % 3}ZQ,{3 + n % 3}.0,{1343285928 + n}" for n in range(24)]
    path = tmp_path / "reviews.txt"
    path.write_text("A0000000266XYZ,B0000003QZ,4.0,1343285928\n" + "\n".join(rows) + "\n")
    shape = sniff(path)
    assert not shape.header
    assert "a value like those under it" in " ".join(shape.reasons)


def test_seven_digits_are_no_day() -> None:
    assert guess_time_format(["20101201", "20101202", "20111101"]) == ("%Y%m%d", 1.0)
    assert guess_time_format(["2010121", "2010122", "2011111"]) is None
