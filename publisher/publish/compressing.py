"""A .gz beside each file, for web servers that hand it out as it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from publisher.publish.fingerprints import compression
from publisher.publish.workbench import Piece


def compressed(folder: Path, paths: Iterable[str]) -> Iterator[Piece]:
    """The compressed twins of what stands at these paths below the output folder by now."""
    for path in paths:
        file = folder / path
        try:
            status = file.stat()
        except OSError:
            continue  # it could not be made, and said why
        fingerprint = partial(compression, status.st_size, status.st_mtime_ns)
        yield Piece(f"{path}.gz", fingerprint, (), partial(_compress, file))


def _compress(file: Path) -> bytes:
    # No time in its header: the same file, the same bytes.
    return gzip.compress(file.read_bytes(), 9, mtime=0)
