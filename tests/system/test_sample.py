"""The repository is itself a publication: what is committed in feeds/ is what a run makes."""

import email
import email.policy
import re
import shutil

import pytest

from publisher.checks.messages import check_message
from publisher.model import Severity
from tests.system.conftest import NOW, ROOT, SiteFolder


@pytest.fixture
def sample(tmp_path):
    site = SiteFolder(tmp_path / "sample")
    for name in ("publisher.toml", "subscribers.csv"):
        shutil.copy(ROOT / name, site.folder)
    shutil.copytree(ROOT / "articles", site.folder / "articles", dirs_exist_ok=True)
    return site


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "editions" not in path.parts
    }


def test_the_committed_feeds_are_what_a_run_makes(sample):
    report = sample.build()
    assert report.findings == []
    made, committed = files(sample.feeds), files(ROOT / "feeds")
    assert sorted(made) == sorted(committed)
    assert [path for path in made if made[path] != committed[path]] == []


def test_every_sample_subscriber_gets_a_digest_of_their_own(sample):
    sample.command("subscribers", "import", str(sample.folder / "subscribers.csv"))
    report = sample.run(NOW)
    assert report.exit_code == 0
    assert report.sent == 3
    said = {}
    for path in sample.outbox():
        data = path.read_bytes()
        message = email.message_from_bytes(data, policy=email.policy.default)
        said[message["To"].addresses[0].addr_spec] = message.get_body(("plain",)).get_content()
        findings = check_message(data, domain="courier.example")
        assert [one for one in findings if one.severity is Severity.ERROR] == []
        assert [str(one) for one in findings] == []
    assert set(said) == {"ana@reader.example", "ben@reader.example", "chiara@reader.example"}
    bodies = [re.sub(r"https?://\S+", "", text) for text in said.values()]
    assert len(set(bodies)) == 3


def test_the_sample_has_what_a_publication_has():
    articles = [path for path in (ROOT / "articles").rglob("*") if path.is_file()]
    assert len([path for path in articles if path.suffix in {".txt", ".md", ".html"}]) >= 8
    assert {".txt", ".md", ".html"} <= {path.suffix for path in articles}
    words = "\n".join(path.read_text() for path in articles if path.suffix in {".md", ".txt"})
    for key in ("draft: true", "embargo:", "correction:"):
        assert key in words
