"""Separated text: line ends, encodings, quotes, headers, footers, delimiters, numbers, ids."""

from __future__ import annotations

from tests.data.hostile.kinds import GOOD, HEADER, TABLE, Kind, plain, text

MANY = "".join(f"u{n % 40},i{n},{n % 5 + 1},{1_000_000_000 + n}\n" for n in range(200))


def swap(mark: str) -> str:
    """TABLE with another delimiter."""
    return TABLE.replace(",", mark)


LINE_ENDS = [
    text("carriage returns only", TABLE.replace("\n", "\r"), plain()),
    text("CRLF with a lone LF", TABLE.replace("\n", "\r\n", 2), plain()),
    text(
        "LF, CRLF and CR mixed",
        HEADER + "u1,i1,4,1000000000\r\nu1,i2,5,1000000100\ru2,i1,3,1000000200\n",
        plain(),
    ),
    text("CR inside an unquoted field", HEADER + GOOD + "u3,i\r4,3,1000000300\n", plain(5, 1, 4)),
    text("no line end at all", HEADER + "u1,i1,4,1000000000", plain(2, 1, 1)),
    text(
        "byte order mark before comments",
        "\ufeff# made today\n" + TABLE,
        plain(5, removed={"comment line": 1}),
    ),
    text(
        "byte order mark in the middle",
        HEADER + GOOD + "\ufeff" + HEADER + GOOD.replace("u", "v"),
        plain(8, 1, 6, removed={"repeated header": 1}, users=4),
    ),
    text("form feeds and vertical tabs in ids", HEADER + GOOD + "u\f1,i\v2,3,1000000300\n", plain(5, 1, 4)),
    text("Unicode line separators in ids", HEADER + GOOD + "u\u2028x,i\x85y,3,1000000300\n", plain(5, 1, 4)),
    text(
        "blank lines everywhere",
        "\n\n" + HEADER + "\n" + GOOD.replace("\n", "\n\n") + "  \n",
        plain(11, removed={"blank line": 7}),
    ),
]
ENCODINGS = [
    text("UTF-16 without a mark, little-endian", TABLE.encode("utf-16-le"), plain()),
    text("UTF-16 without a mark, big-endian", TABLE.encode("utf-16-be"), plain()),
    text(
        "UTF-16 of another script",
        ("user,item,rating\n" + "Анна,чай,4\nБорис,хлеб,5\n" * 3).encode("utf-16-le"),
        plain(7, 1, 2, removed={"exact duplicate": 4}),
    ),
    text(
        "UTF-16 cut inside a letter",
        TABLE.encode("utf-16")[:-1],
        plain(4, 1, 2, quarantined={"not UTF-8": 1}),
    ),
    text("UTF-32", TABLE.encode("utf-32"), "UTF-32"),
    text("UTF-32 without a mark", TABLE.encode("utf-32-be"), "UTF-32"),
    text(
        "NUL bytes in a line",
        HEADER.encode() + GOOD.encode() + b"u3,i\x003,3,1000000300\n",
        plain(5, quarantined={"NUL byte": 1}),
    ),
    text(
        "a broken UTF-8 line among good ones",
        (HEADER + "".join(f"ü{n},é,3,{1000000000 + n}\n" for n in range(30))).encode()
        + b"u\xff,i1,3,1000000300\n",
        plain(32, 1, 30, quarantined={"not UTF-8": 1}),
    ),
    text(
        "overlong and surrogate bytes",
        (HEADER + "ü,é,3,1000000300\n" * 1).encode() * 1
        + "".join(f"ü{n},é,3,{1000000000 + n}\n" for n in range(30)).encode()
        + b"\xed\xa0\x80,\xc0\xaf,3,1000000300\n",
        plain(33, 1, 31, quarantined={"not UTF-8": 1}),
    ),
    text(
        "Windows letters",
        "user,item,rating\n“Ann”,Café – bar,3\nBob,naïve,4\n".encode("cp1252"),
        plain(3, 1, 2),
    ),
    text(
        "right-to-left, combining and zero-width letters in ids",
        HEADER
        + "שלום,مرحبا,4,1000000000\ne\u0301,é,5,1000000100\n"
        + "a\u200b,a,3,1000000200\na,\u202ea\u202c,3,1000000300\n",
        plain(5, 1, 4, users=4),
    ),
    text(
        "control characters of every kind",
        HEADER + MANY + "u\x01\x02\x1c\x1d\x1e\x1f,i\x7f,3,1000000300\n",
        plain(202, 1, 201),
    ),
]
QUOTES = [
    text(
        "an unclosed quote at the end",
        HEADER + GOOD + 'u3,"i3,3,1000000300\n',
        plain(5, quarantined={"stray quote": 1}),
    ),
    text(
        "every line with an unclosed quote",
        HEADER + "".join(f'u{n},"i{n},3,{1000000000 + n}\n' for n in range(3000)) + GOOD,
        plain(3004, 1, 3, quarantined={"stray quote": 3000}),
    ),
    text(
        "quotes inside fields",
        HEADER + 'u1,i"1,4,1000000000\nu1,i""2,5,1000000100\nu2,5" x 7",3,1000000200\n',
        plain(),
    ),
    text(
        "a quoted delimiter and a doubled quote",
        HEADER + '"u,1","i ""1""",4,1000000000\n' + GOOD,
        plain(5, 1, 4),
    ),
    text(
        "a quoted field over three lines",
        'user,item,note\nu1,i1,"a\nb\nc"\nu2,i2,d\n',
        plain(5, 1, 4, events=2),
    ),
    text("text behind a closing quote", HEADER + GOOD + '"u3"x,i3,3,1000000300\n', plain(5, 1, 4)),
    text(
        "single quotes",
        "'user','item','rating'\n" + "".join(f"'u{n}','a, b',{n % 5}\n" for n in range(5)),
        plain(6, 1, 5),
    ),
    text("quoted header", '"user","item","rating","timestamp"\n' + GOOD, plain()),
    text("only quotes", '"\n' * 5, "no table|one column|empty|readable"),
    text(
        "a field of a million letters",
        HEADER + GOOD + "u3," + "x" * 1_000_000 + ",3,1000000300\n",
        plain(5, 1, 4),
    ),
]
HEADERS = [
    text(
        "the header again in the middle and at the end",
        TABLE + HEADER + GOOD.replace("u", "v") + HEADER,
        plain(9, 1, 6, removed={"repeated header": 2}),
    ),
    text(
        "a repeated header without numbers below",
        "user,item\na,b\nuser,item\nc,d\n",
        plain(4, 1, 2, removed={"repeated header": 1}),
    ),
    text("two columns of one name", "user,item,item,rating\nu1,i1,x,3\nu2,i2,y,4\n", plain(3, 1, 2)),
    text("names in capitals only differ", "user,item,User,Item\nu1,i1,x,3\nu2,i2,y,4\n", plain(3, 1, 2)),
    text(
        "R row names without a header",
        "user item rating\n1 u1 i1 3\n2 u2 i2 4\n3 u3 i3 5\n",
        plain(4, 1, 3, users=3),
    ),
    text(
        "a name broken over two lines",
        '"user\nid","item",rating\n' + "".join(f"u{n},i{n},3\n" for n in range(5)),
        plain(7, 2, 5),
    ),
    text(
        "a broken name and blank lines",
        '"user",item,"rating\n(1 to\n5)"\n\n' + "".join(f"u{n},i{n},3\n" for n in range(5)),
        plain(9, 3, 5, removed={"blank line": 1}),
    ),
    text("header only", HEADER, "no readable row|a header and no"),
    text("one row", "ann,tea,4\n", plain(1, 0, 1)),
    text("one row under a header", HEADER + "u1,i1,4,1000000000\n", plain(2, 1, 1)),
    text(
        "names like SQL", 'user,item,"); DROP TABLE x; --","SELECT"\nu1,i1,1,2\nu2,i2,3,4\n', plain(3, 1, 2)
    ),
    text("blank names", "user,item,,\nu1,i1,1,2\nu2,i2,3,4\n", plain(3, 1, 2)),
]
ROWS = [
    text(
        "footer lines",
        HEADER + MANY + "Total: 1234\n(100 rows affected)\n",
        plain(203, 1, 200, quarantined={"ragged row": 2}),
    ),
    text(
        "ragged rows",
        HEADER + GOOD + "u3\nu3,i3\nu3,i3,3\nu3,i3,3,1000000300,x\n",
        plain(8, quarantined={"ragged row": 4}),
    ),
    text("trailing delimiters", "user,item,rating,timestamp,\n" + GOOD.replace("\n", ",\n"), plain()),
    text("trailing delimiters below the header", HEADER + GOOD.replace("\n", ",\n"), plain()),
    text("empty file", "", "is empty"),
    text("only blank lines", "\n" * 5000, "is empty"),
    text("one column", "ann\nbob\ncid\n", "one column"),
    text("one user", "user,item\n" + "".join(f"u,{n}\n" for n in range(9)), plain(10, 1, 9, users=1)),
    text("one item", "user,item\n" + "".join(f"{n},i\n" for n in range(9)), plain(10, 1, 9, users=9)),
    text(
        "prose",
        "It was a bright cold day in April,\nand the clocks were striking thirteen.\nWinston Smith hurried.\n"
        * 5,
        "no table|one column|No row|readable",
    ),
    text(
        "missing ids",
        HEADER + GOOD + ",i1,3,1000000300\nNULL,i1,3,1000000300\nu1,,3,1000000300\n",
        plain(7, removed={"no user": 2}, quarantined={"empty item": 1}),
    ),
    text(
        "numbers that are none",
        HEADER + MANY + "u3,i3,four,1000000300\nu3,i3,NaN,1000000300\nu3,i3,1e999,1000000300\n",
        plain(204, 1, 200, quarantined={"bad weight": 3}),
    ),
    text(
        "times that are none",
        HEADER + MANY + "u3,i3,3,never\nu3,i3,3,99999999999999999999\n",
        plain(203, 1, 200, quarantined={"bad time": 2}),
    ),
    text(
        "formulas as ids",
        HEADER + "=cmd|' /C calc'!A0,@SUM(1+1),4,1000000000\n+1,-2,5,1000000100\n" + GOOD,
        plain(6, 1, 5),
    ),
    text(
        "ids beyond 64 bits",
        HEADER + "123456789012345678901234567890,9223372036854775808,4,1000000000\n"
        "123456789012345678901234567891,9223372036854775809,4,1000000000\n" + GOOD,
        plain(6, 1, 5, users=4),
    ),
    text(
        "a hundred thousand columns",
        ",".join(f"c{n}" for n in range(100_000)) + "\n" + ",".join("7" * 100_000) + "\n",
        "100000 columns",
    ),
    text(
        "an HTML page",
        "<!DOCTYPE html>\n<html><head><title>404</title></head>\n<body>Not here, sorry</body></html>\n",
        "no table|one column|readable|No row",
    ),
]
DELIMITERS = [
    *(
        text(f"separated by {mark!r}", swap(mark), plain())
        for mark in ["^", "~", "\x01", "||", ", ", "|~|", "§", "::", " ; "]
    ),
    text(
        "columns set flush with blanks",
        "".join("".join(f"{cell:<14}" for cell in line.split(",")) + "\n" for line in TABLE.splitlines()),
        plain(),
    ),
    text(
        "numbers as MATLAB writes them",
        "   1.0e+00   2.0e+00   4.0e+00\n   1.0e+00   3.0e+00   5.0e+00\n",
        plain(2, 0, 2),
    ),
    text("the delimiter in the first line", "sep=;\n" + swap(";"), plain(5, removed={"comment line": 1})),
    text("decimal commas", "user;item;rating\nu1;i1;3,5\nu2;i2;4,25\nu3;i3;5\n", plain(4, 1, 3)),
    text(
        "thousands with commas",
        'user,item,count\nu1,i1,"1,234"\nu2,i2,"1,234,567"\nu3,i3,12\n',
        plain(4, 1, 3),
    ),
]
KINDS: list[Kind] = [*LINE_ENDS, *ENCODINGS, *QUOTES, *HEADERS, *ROWS, *DELIMITERS]
