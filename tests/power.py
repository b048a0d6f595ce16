"""What a power cut leaves of a folder: the calls that faults.c wrote down, played back until then.

Only fsync of a file promises its bytes, and only fsync of its folder its name, or syncfs all of both;
of all else a disk keeps what it likes. Four disks are made of that, each with a taste of its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

TASTES = ("nothing", "names", "bytes", "chance")
_FOLDER = -1


class Power:
    """A folder as it was when `Power` was made, and the calls of a journal since."""

    def __init__(self, folder: Path) -> None:
        self._root = str(folder)
        self._inodes: dict[int, int] = {}
        self.names: dict[str, dict[str, int]] = {"": {}}  # of each folder, as programs see it
        self.bytes: list[bytearray] = []
        for path in sorted(folder.rglob("*")):
            if path.name.endswith("-shm"):
                continue  # what is shared in memory; SQLite makes it anew
            parent, name = self._split(str(path))
            if path.is_dir():
                self.names[parent][name] = _FOLDER
                self.names[self._short(str(path))] = {}
            else:
                self.names[parent][name] = self._new(path.stat().st_ino, path.read_bytes())
        self.kept_names = {folder: dict(names) for folder, names in self.names.items()}
        self.kept_bytes = {number: bytes(data) for number, data in enumerate(self.bytes)}

    def play(self, journal: bytes) -> Iterator[str]:
        """Play the calls back, one at each step; gives its kind."""
        place = 0
        while place < len(journal):
            end = journal.index(b"\n", place)
            kind, inode, offset, size, path = journal[place:end].decode().split(" ", 4)
            place = end + 1
            data = b""
            if kind == "W":
                data = journal[place : place + int(size)]
                place += int(size)
            if not path.split("\t")[-1].endswith("-shm"):
                self._apply(kind, int(inode), int(offset), int(size), path, data)
                yield kind

    def cut(self, folder: Path, taste: str, chance: random.Random) -> None:
        """Write into a new folder what a power cut now would leave."""

        def early(kind: str) -> bool:
            return taste == kind or (taste == "chance" and chance.random() < 0.5)

        def build(short: str, into: Path) -> None:
            into.mkdir()
            names = self.names if early("names") and short in self.names else self.kept_names
            for name, number in names.get(short, {}).items():
                if number == _FOLDER:
                    build(f"{short}/{name}", into / name)
                    continue
                kept, now = self.kept_bytes.get(number, b""), bytes(self.bytes[number])
                if early("bytes"):
                    kept = now
                elif taste == "chance" and len(now) > len(kept):
                    kept = now[: chance.randint(len(kept), len(now))]
                (into / name).write_bytes(kept)
                (into / name).chmod(0o600)

        build("", folder)

    def _apply(self, kind: str, inode: int, offset: int, size: int, path: str, data: bytes) -> None:
        if kind in "CZ":
            parent, name = self._split(path)
            if name not in self.names[parent]:
                self.names[parent][name] = self._new(inode, b"")
            elif kind == "Z":
                del self.bytes[self._inodes[inode]][:]
        elif kind == "W" and inode in self._inodes:
            content = self.bytes[self._inodes[inode]]
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + size] = data
        elif kind == "T" and inode in self._inodes:
            content = self.bytes[self._inodes[inode]]
            content.extend(bytes(max(0, size - len(content))))
            del content[size:]
        elif kind == "S":
            short = self._short(path)
            if short in self.names:
                self.kept_names[short] = dict(self.names[short])
            elif inode in self._inodes:
                number = self._inodes[inode]
                self.kept_bytes[number] = bytes(self.bytes[number])
        elif kind == "A":
            self.kept_names = {folder: dict(names) for folder, names in self.names.items()}
            self.kept_bytes = {number: bytes(data) for number, data in enumerate(self.bytes)}
        elif kind == "R":
            (old, was), (new, name) = (self._split(one) for one in path.split("\t"))
            self.names[new][name] = self.names[old].pop(was)
        elif kind == "L":
            (old, was), (new, name) = (self._split(one) for one in path.split("\t"))
            self.names[new][name] = self.names[old][was]
        elif kind == "U":
            parent, name = self._split(path)
            self.names[parent].pop(name, None)
        elif kind == "M":
            parent, name = self._split(path)
            self.names[parent][name] = _FOLDER
            self.names[self._short(path)] = {}

    def _new(self, inode: int, data: bytes) -> int:
        self.bytes.append(bytearray(data))
        self._inodes[inode] = len(self.bytes) - 1
        return len(self.bytes) - 1

    def _short(self, path: str) -> str:
        return path.removeprefix(self._root).rstrip("/")

    def _split(self, path: str) -> tuple[str, str]:
        parent, _, name = self._short(path).rpartition("/")
        return parent, name
