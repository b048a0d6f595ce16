import subprocess
import sys

import pytest

from tests.system.conftest import ROOT


def test_findings_have_a_place_and_the_exit_code_tells(site):
    site.article("good.md", "---\ndate: 2026-11-20\n---\n# Good\n\nText.\n")
    assert "nothing to mend" in site.command("check").stdout
    site.article("bad.md", "---\ndate: 2026-11-20\ntitel: x\n---\n# Bad\n\n![](a.png)\n")
    site.article("worse.md", "---\ndate: 0000-00-00\n---\n# Worse\n\nText.\n")
    done = site.command("check", code=1)
    for place in ("articles/bad.md:3: ", "articles/bad.md:7: ", "articles/worse.md:2: "):
        assert place in done.stdout
    assert not site.feeds.exists()
    assert not (site.folder / "publisher.db").exists()
    told = site.json("check", "bad.md", code=1)
    assert [one["line"] for one in told[0]["findings"]] == [3, 7]
    assert site.json("check", str(site.folder / "articles/good.md")) == [
        {"path": "articles/good.md", "kind": "article", "findings": []}
    ]


def test_explain_says_where_everything_was_read(site):
    site.article("ferry.txt", "Ferry returns\n\nOSLO, Nov. 20 (AP) — The ferry is back.\n")
    assert "the first line" in site.command("check", "ferry.txt", "--explain").stdout
    (one,) = site.json("check", "ferry.txt", "--explain")
    assert {"what": "published", "value": "2026-11-20 00:00 UTC", "from": "dateline"} in one[
        "explain"
    ]


def test_the_sample_publication_has_nothing_to_mend():
    done = subprocess.run(
        [sys.executable, "-m", "publisher", "check", "--site", str(ROOT)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("4 messages: nothing to mend\n")


def test_everything_that_would_leave_is_looked_at_and_nothing_is_made(site):
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nIt floats.\n")
    told = {one["path"]: one for one in site.json("check")}
    assert {one["kind"] for one in told.values()} == {
        "configuration", "article", "template", "message",
    }  # fmt: skip
    size = told["newsletters.daily"]["bytes"]
    assert size["html"] + size["left"] == 102_399
    assert {one.name for one in site.folder.iterdir()} == {"articles", "publisher.toml"}


def test_a_broken_template_is_named_with_its_line(site):
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nIt floats.\n")
    for name, old, new in (
        ("digest/digest.mjml", "color:#5e5851", "color:#bbb"),
        ("digest/digest.txt", "{{ leave }}", ""),
        ("web/problem.html", "service.link", "service.lnik"),
        ("pages/feed.html", "{% extends", "{{ no_such_name }}{% extends"),
        ("letters/link.txt", "{% if", "{% iff"),
    ):
        path = site.folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((ROOT / "templates" / name).read_text().replace(old, new), "utf-8")
    found = [one for each in site.json("check", code=1) for one in each["findings"]]
    told = {(one["path"], one["severity"]): one for one in found}
    assert "contrast" in told["templates/digest/digest.mjml", "warning"]["what"]
    assert "for leaving" in told["templates/digest/digest.txt", "error"]["what"]
    assert "no_such_name" in told["templates/pages/feed.html", "error"]["what"]
    assert told["templates/pages/feed.html", "error"]["line"]
    assert "iff" in told["templates/letters/link.txt", "error"]["what"]
    assert "lnik" in told["templates/web/problem.html", "error"]["what"]
    assert all(one["rule"] and one["mend"] for one in found)
    assert len({str(one) for one in found}) == len(found)


def test_a_feed_or_a_message_can_be_anywhere(site, tmp_path):
    # Its own address is ours and no file of ours.
    head = "---\ntitle: Ferry\ndate: 2026-11-20\nurl: https://courier.example/old/ferry\n---\n"
    site.article("ferry.md", f"{head}It floats.\n")
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    site.run()
    (mail,) = site.outbox()
    feed = tmp_path / "some.rss"
    feed.write_bytes(
        (site.feeds / "rss.xml").read_bytes().replace(b"<title>Ferry", b"<titel>Ferry")
    )
    assert "1 message: nothing to mend" in site.command("check", str(mail)).stdout
    assert f"{feed}:" in site.command("check", str(feed), code=1).stdout
    mail.write_bytes(mail.read_bytes().replace(b"Subject: ", b"Subject: Re: "))
    (one,) = site.json("check", str(mail), code=1)[0]["findings"]
    assert mail.read_bytes().splitlines()[one["line"] - 1].startswith(b"Subject: Re: ")
    (tmp_path / "a.json").write_text('{"title": "A", "items": []}')
    told = site.json("check", str(tmp_path / "a.json"), code=1)[0]["findings"]
    assert any("no version" in one["what"] for one in told)
    (tmp_path / "a.txt").write_text("nothing of the kind")
    assert "no feed and no message" in site.command("check", str(tmp_path / "a.txt"), code=2).stderr


def test_a_run_says_what_only_warns_and_sends_all_the_same(site):
    site.article("ferry.md", "---\ntitle: Ferry\ndate: 2026-11-20\n---\nIt floats.\n")
    path = site.folder / "templates/digest/digest.mjml"
    path.parent.mkdir(parents=True)
    template = (ROOT / "templates/digest/digest.mjml").read_text()
    path.write_text(template.replace("{{ publication.url }}", "{{ publication.url }}gone.html"))
    site.command("subscribers", "add", "ana@reader.example", "--newsletter", "daily")
    done = site.command("run")
    assert "warning: templates/digest/digest.mjml: <a> leads to" in done.stderr
    assert len(site.outbox()) == 1


@pytest.mark.parametrize("name", ["nothing.md", "/nothing/there", "../nothing.toml"])
def test_what_is_no_article_is_asked_wrongly(site, name):
    site.article("good.md", "# Good\n\nText.\n")
    assert "no such article" in site.command("check", name, code=2).stderr


def test_explain_goes_by_the_publications_own_vocabulary(site):
    site.article(
        "ferry.txt", "Ferry returns to Skerry\n\nSKERRY, Nov. 20 (AP) — Skerry has its ferry.\n"
    )
    (site.folder / "tags.toml").write_text(
        '[tags."Isle of Skerry"]\nsynonyms = ["Skerry"]\n', encoding="utf-8"
    )
    (one,) = site.json("check", "ferry.txt", "--explain")
    tags = [row["value"] for row in one["explain"] if row["what"] == "tag"]
    assert any("Isle of Skerry" in tag for tag in tags)
