"""Pure: what other programs give away (an export, a site, an agency's file) becomes articles."""

from publisher.exports.item import Finds, Folder, Found, Item, Passed, Trouble, compose
from publisher.exports.recognise import Wishes, read_file, read_folder

__all__ = [
    "Finds",
    "Folder",
    "Found",
    "Item",
    "Passed",
    "Trouble",
    "Wishes",
    "compose",
    "read_file",
    "read_folder",
]
