"""The figures of publisher/checks/clients.tsv, renewed from caniemail's published test results.

    python -m bench.clients caniemail.json          # prints the table with the figures of that file

Which features the table has, how each is found and what a reader has instead is ours, and written by
hand; of each, the newest result for every client in question is taken.
"""

import json
import sys
from pathlib import Path

TABLE = Path(__file__).parents[1] / "publisher/checks/clients.tsv"
# The families in the order of the table's columns, each with its clients.
FAMILIES = (
    ("gmail", ("desktop-webmail", "ios", "android", "mobile-webmail")),
    ("apple-mail", ("macos", "ios")),
    ("outlook", ("windows",)),
    ("outlook", ("macos",)),
    ("outlook", ("outlook-com",)),
    ("yahoo", ("desktop-webmail", "ios", "android")),
)


def figures(feature):
    """A column for each family, a letter for each client: y shown, a in part, n not, u unknown."""
    columns = []
    for family, clients in FAMILIES:
        results = [feature["stats"].get(family, {}).get(client) or {} for client in clients]
        columns.append("".join((list(one.values()) or ["u"])[-1][0] for one in results))
    return columns


def renewed(text, published):
    """The table with the figures of `published`, the parsed file."""
    known = {one["slug"]: one for one in published["features"]}
    lines = []
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("#") or len(cells) < 3:
            lines.append(line)
        else:
            slug, how, name, *rest = cells
            fallback = rest[-1] if len(rest) > len(FAMILIES) else "-"
            lines.append("\t".join([slug, how, name, *figures(known[slug]), fallback]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    published = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(renewed(TABLE.read_text(encoding="utf-8"), published))
