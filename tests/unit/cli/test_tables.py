import io
from contextlib import redirect_stdout

import pytest

from publisher.cli.tables import show_table

ROWS = [("read", 12, None), ("  of which new", 3, "articles/a-folder/and-a-file.md to begin with")]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(columns, rows, where):
    with redirect_stdout(where):
        show_table(columns, rows)
    return where.getvalue()


def test_a_pipe_gets_one_line_a_row_however_wide():
    assert shown(("what", "how many", "where"), ROWS, io.StringIO()) == (
        "what            how many  where\n"
        "read            12\n"
        "  of which new  3         articles/a-folder/and-a-file.md to begin with\n"
    )


def test_wide_signs_take_two_columns_and_accents_none():
    rows = [("渡轮", "a"), ("caf\N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}", "b")]
    assert shown(("tag", "n"), rows, io.StringIO()).splitlines()[1:] == [
        "渡轮  a",
        "cafe\N{COMBINING ACUTE ACCENT}  b",
    ]


def test_what_a_cell_says_moves_no_cursor():
    said = shown(("it said",), [("450\r\n\x1b[2Jno\x9b1m",)], io.StringIO())
    assert said.splitlines()[1] == "450   [2Jno 1m"


@pytest.mark.parametrize(("term", "bold"), [("xterm", True), ("dumb", False)])
def test_a_terminal_gets_a_bold_head_and_cells_that_fit(term, bold, monkeypatch):
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "44")
    head, *body = shown(("what", "how many", "where"), ROWS, Terminal()).splitlines()
    assert head.startswith("\x1b[1mwhat") == bold
    assert body == [
        "read            12",
        "  of which new  3         articles/a-folder/",
        "                          and-a-file.md to",
        "                          begin with",
    ]
