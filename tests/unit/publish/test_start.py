"""What a run with nothing to do imports: importing all would take longer than the run."""

import os
import subprocess
import sys

import pytest

SITE = '[publication]\ntitle = "Paper"\nurl = "https://paper.example/"\n'
ARTICLE = "---\ntitle: A ferry\ndate: 2026-11-08\n---\n\nIt sails.\n"
HEAVY = (
    *("alembic", "feedgen", "jinja2", "lxml", "mjml", "nh3", "pyromark", "yaml"),
    "sqlalchemy.dialects.postgresql",
    *(
        "cryptography",
        "psycopg",
        "publisher.delivery",
        "publisher.digest",
        "publisher.storage.ledger",
    ),
)
BUILD = """
import sys
from publisher.cli import main
sys.argv[1:] = ["build", "--site", sys.argv[1], "--json"]
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def build(site):
    command = [sys.executable, "-c", BUILD, str(site)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return set(done.stderr.split())


@pytest.mark.slow
def test_a_build_with_nothing_to_do_imports_nothing_that_reads_or_renders(tmp_path):
    (tmp_path / "publisher.toml").write_text(SITE)
    (tmp_path / "articles").mkdir()
    article = tmp_path / "articles" / "ferry.md"
    article.write_text(ARTICLE)
    os.utime(article, (1_700_000_000, 1_700_000_000))
    assert build(tmp_path) & {"jinja2", "lxml"}
    assert not build(tmp_path) & {"pydantic", "rich", "sqlalchemy", "typer", *HEAVY}
    (tmp_path / "publisher.rest").unlink()
    assert not build(tmp_path) & set(HEAVY)
