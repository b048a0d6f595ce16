import pytest

from publisher.audience import parse_topics
from publisher.errors import UsageError
from publisher.sources import read_subscribers


def rows(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "readers.csv"
    path.write_bytes(text.encode(encoding))
    return list(read_subscribers(path))


def test_a_row_is_what_somebody_asks_for(tmp_path):
    (row,) = rows(
        tmp_path,
        "address,name,newsletter,topics\n"
        'ana@Reader.example,"Reis,  Ana",daily weekly,tag:skerry section:town\n',
    )
    assert (row.line, row.address, row.name) == (2, "ana@reader.example", "Reis, Ana")
    assert row.newsletters == ("daily", "weekly")
    assert row.topics == parse_topics(["tag:skerry", "section:town"])
    assert row.problem is None


@pytest.mark.parametrize("divider", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_spreadsheets_divide_cells_and_lines_as_they_like(tmp_path, divider, ending):
    text = ending.join(
        [divider.join(["Name", "E-Mail"]), divider.join(["Ana", "ana@reader.example"]), ""]
    )
    (row,) = rows(tmp_path, text, "utf-8-sig")
    assert (row.address, row.name) == ("ana@reader.example", "Ana")


def test_what_can_not_be_used_is_named_with_its_line_and_the_rest_goes_on(tmp_path):
    found = rows(
        tmp_path,
        "email,topics\nana@reader.example,\nnobody,\n\nben@reader.example,colour:blue\n"
        'eva@reader.example,"tag:a\ntag:b"\n',
    )
    assert [(row.line, row.problem is None) for row in found] == [
        (2, True),
        (3, False),
        (5, False),
        (7, True),
    ]


def test_bytes_from_elsewhere_are_read_alike(tmp_path):
    (row,) = read_subscribers(tmp_path / "-", b"email\nana@reader.example\n")
    assert row.address == "ana@reader.example"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no column named address"),
        (b"who,what\nana,daily\n", "no column named address"),
        (b"email\nana\xff@reader.example\n", "UTF-8"),
    ],
)
def test_a_file_that_is_no_list_of_people_is_refused(tmp_path, data, words):
    path = tmp_path / "readers.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=words) as caught:
        list(read_subscribers(path))
    assert caught.value.path == str(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="can't be read"):
        list(read_subscribers(tmp_path / "nowhere.csv"))
