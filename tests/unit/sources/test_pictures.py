"""The size of a picture, by files as programs write them and by what breaks parsers."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.sources.pictures import picture_size, size_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 320, 200)
NOTES = b"\xff\xe1" + struct.pack(">H", 5000) + bytes(4998)
TABLE = b"\xff\xc4" + struct.pack(">H", 20) + b"\xff\xc0" * 9
FRAME = struct.pack(">HBHH", 17, 8, 1080, 1920)
JPEG = b"\xff\xd8" + NOTES + TABLE + b"\xff\xff\xc2" + FRAME
RIFF = b"RIFF" + bytes(4) + b"WEBP"
LOSSY = RIFF + b"VP8 " + bytes(10) + struct.pack("<HH", 800 | 0x4000, 600)
LOSSLESS = RIFF + b"VP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 799 | 599 << 14)
EXTENDED = RIFF + b"VP8X" + bytes(8) + (799).to_bytes(3, "little") + (599).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PNG, (640, 480)),
        (GIF, (320, 200)),
        (JPEG, (1920, 1080)),
        (LOSSY, (800, 600)),
        (LOSSLESS, (800, 600)),
        (EXTENDED, (800, 600)),
        (b"", None),
        (b"<svg width='1'>", None),
        (PNG[:20], None),
        (JPEG[:-3], None),
        (b"\xff\xd8" + b"\xff\xe1\x00\x00" * 9, None),
        (RIFF + b"VP9 ", None),
    ],
    ids=range(12),
)
def test_the_size_stands_at_the_start_of_a_file(data, size):
    assert size_of(data) == size


@given(
    st.sampled_from([PNG, GIF, JPEG, LOSSY, LOSSLESS, EXTENDED, RIFF]),
    st.binary(),
    st.integers(0, 60),
)
def test_no_file_makes_it_fail(data, more, at):
    size_of(data[:at] + more)
    size_of(data + more)


def test_what_is_no_regular_file_has_none(tmp_path):
    (tmp_path / "a.png").write_bytes(PNG + zlib.compress(b""))
    (tmp_path / "b.png").symlink_to("a.png")
    assert picture_size(tmp_path, "a.png") == (640, 480)
    assert picture_size(tmp_path, "b.png") is None
    assert picture_size(tmp_path, "../a.png") is None
    assert picture_size(tmp_path, "none.png") is None
