"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

from publisher.config import load_site

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_is_there(document):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    gone = [one for one in links if "://" not in one and not (document.parent / one).exists()]
    assert gone == []


@pytest.mark.parametrize(
    "example", re.findall(r"```toml\n(.*?)```", (ROOT / "docs/feeds.md").read_text(), re.DOTALL)
)
def test_what_the_page_on_feeds_shows_is_a_configuration(example, tmp_path):
    site = '[publication]\ntitle = "A"\nurl = "https://paper.example/"\nemail = "a@paper.example"\n'
    asia = "" if "[feeds.asia]" in example else '[feeds.asia]\ntitle = "Asia"\n'
    (tmp_path / "publisher.toml").write_text(site + example + asia, encoding="utf-8")
    load_site(tmp_path, {})
