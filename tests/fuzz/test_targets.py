"""Everything that reads what strangers write, with inputs bred from the corpus and the vectors.

The long form, 10,000 inputs for each target: PUBLISHER_LONG=1. Millions of them: `make fuzz`.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import LONG
from tests.fuzz.run import VECTORS
from tests.fuzz.targets import TARGETS
from tests.vectors import vectors

CORPUS = Path(__file__).parents[1] / "corpus"
SLOW = {"content", "feeds", "headers", "web", "zones"}
PIECES = st.binary(max_size=12) | st.sampled_from(
    [b"<", b"&", b"]]>", b"\0", b"\r\n", b"\n\n", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf",
     b"{{", b"{%", b"[" * 50, b"9" * 400, b"\\ud800", b"---\n", b"=?utf-8?q?=0D=0A?=", b"%0d%0a", b"//[",
     b"<div>" * 50, b": ", b"'", b'"', b"\t", b" " * 200, b"\xe2\x80\xa8", b"\xef\xb7\x90"]
)  # fmt: skip
SPLICES = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40), PIECES), max_size=5)


def inputs(name):
    """What a target begins with."""
    files = sorted((CORPUS / name).iterdir())
    texts = [text for group in VECTORS.get(name, ()) for text in vectors(group)]
    return [file.read_bytes() for file in files] + [
        text.encode("utf-8", "surrogatepass") for text in texts
    ]


@pytest.mark.threat(6)
@pytest.mark.parametrize("name", TARGETS)
def test_what_was_ever_found_stays_mended(name):
    for data in inputs(name):
        TARGETS[name](data)


@pytest.mark.threat(6)
@pytest.mark.parametrize("name", TARGETS)
def test_no_damage_makes_a_parser_raise(name):
    seeds = inputs(name)

    @settings(max_examples=10_000 if LONG else 30 if name in SLOW else 100)
    @given(st.sampled_from(seeds) | st.binary(max_size=300), SPLICES)
    def target(data, splices):
        for at, cut, more in splices:
            data = data[:at] + more + data[at + cut :]
        TARGETS[name](data)

    target()
