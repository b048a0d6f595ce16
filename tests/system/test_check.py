import pytest

pytestmark = pytest.mark.slow  # each starts the program


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
        {"path": "articles/good.md", "findings": []}
    ]


def test_explain_says_where_everything_was_read(site):
    site.article("ferry.txt", "Ferry returns\n\nOSLO, Nov. 20 (AP) — The ferry is back.\n")
    assert "the first line" in site.command("check", "ferry.txt", "--explain").stdout
    (one,) = site.json("check", "ferry.txt", "--explain")
    assert {"what": "published", "value": "2026-11-20 00:00 UTC", "from": "dateline"} in one[
        "explain"
    ]


@pytest.mark.parametrize("name", ["nothing.md", "/etc/passwd", "../publisher.toml"])
def test_what_is_no_article_is_asked_wrongly(site, name):
    site.article("good.md", "# Good\n\nText.\n")
    assert "no such article" in site.command("check", name, code=2).stderr
