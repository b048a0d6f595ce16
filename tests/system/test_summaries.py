"""Summaries by another method: TextRank, and a program of the operator's own."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import pytest

from tests.system.conftest import NOW

ARTICLE = "# A boat\n\nThe boat left. Nobody saw it $(touch broken) `touch broken`.\n"


@pytest.fixture
def asked(site):
    """Let a program write the summaries; gives what it was asked, one question a line."""
    log = site.folder / "asked.jsonl"

    def use(code, timeout=20):
        (site.folder / "say.py").write_text(
            "import json, sys, time\nquestion = sys.stdin.read()\n"
            f"open({str(log)!r}, 'a').write(question + '\\n')\n"
            f"question = json.loads(question)\n{code}\n",
            encoding="utf-8",
        )
        path = site.folder / "publisher.toml"
        text = path.read_text("utf-8").partition("[articles]")[0]
        command = f"command: {sys.executable} say.py '--a b'"
        path.write_text(
            f"{text}[articles]\nsummary = {json.dumps(command)}\nsummary_timeout = {timeout}\n",
            encoding="utf-8",
        )
        return lambda: log.read_text("utf-8").splitlines() if log.exists() else []

    return use


def summaries(site):
    feed = json.loads((site.feeds / "feed.json").read_text(encoding="utf-8"))
    return {item["title"]: item["summary"] for item in feed["items"]}


def test_a_program_writes_the_summary_and_is_asked_once(site, asked):
    questions = asked("print(f'A {question[\"language\"]}  boat\\nand {sys.argv[1]}')")
    site.article("boat.md", ARTICLE)
    assert site.build().findings == []
    assert summaries(site) == {"A boat": "A en boat and --a b"}
    assert [json.loads(line)["text"] for line in questions()] == [
        "The boat left. Nobody saw it $(touch broken) touch broken."
    ]
    before = {path: path.read_bytes() for path in site.feeds.rglob("*") if path.is_file()}
    site.build(NOW + timedelta(minutes=5), full=True)
    assert len(questions()) == 1
    assert before == {path: path.read_bytes() for path in site.feeds.rglob("*") if path.is_file()}
    site.article("boat.md", ARTICLE + "\nIt came back.\n")
    site.build(NOW + timedelta(minutes=10))
    assert len(questions()) == 2
    assert not list(site.folder.rglob("broken"))


def test_an_editors_summary_is_not_asked_for(site, asked):
    questions = asked("print('x')")
    site.article("boat.md", f"---\nsummary: Ours.\n---\n{ARTICLE}")
    site.build()
    assert summaries(site) == {"A boat": "Ours."}
    assert questions() == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("sys.exit('no model here')", "ended with 1: no model here"),
        ("time.sleep(60)", "said nothing within 1 seconds"),
        ("pass", "said nothing"),
        ("sys.stdout.buffer.write(b'\\xff')", "did not answer in UTF-8"),
        ("print('x' * 100_000)", "said more than 64 KB"),
    ],
)
def test_where_it_fails_the_first_sentences_stand_and_the_reason_is_named(site, asked, code, why):
    asked(code, timeout=1 if "sleep" in code else 20)
    site.article("boat.md", ARTICLE)
    (finding,) = site.build().findings
    assert why in finding.what
    assert summaries(site)["A boat"].startswith("The boat left.")
    asked("print('Mended.')")
    assert site.build(NOW + timedelta(minutes=5)).findings == []
    assert summaries(site) == {"A boat": "Mended."}


def test_after_three_failures_it_is_let_be(site, asked):
    questions = asked("sys.exit(1)")
    for number in range(5):
        site.article(f"{number}.md", f"# Number {number}\n\nText {number}.\n")
    findings = site.build().findings
    assert len(findings) == 5
    assert len(questions()) == 3
    assert sum("was not asked" in finding.what for finding in findings) == 2


def test_passwords_stay_with_us(site, asked, monkeypatch):
    monkeypatch.setenv("PUBLISHER_SMTP_PASSWORD", "secret")
    asked("import os; print('told', os.environ.get('PUBLISHER_SMTP_PASSWORD'))")
    site.article("boat.md", ARTICLE)
    site.build()
    assert summaries(site) == {"A boat": "told None"}


def test_a_program_that_is_not_there_is_named(site):
    site.config('\n[articles]\nsummary = "command: ./nobody"\n')
    site.article("boat.md", ARTICLE)
    (finding,) = site.build().findings
    assert "`./nobody` can't be started" in finding.what


@pytest.mark.parametrize("value", ["command:", "command: 'x", "best"])
def test_another_word_is_a_mistake(site, value):
    site.config(f"\n[articles]\nsummary = {json.dumps(value)}\n")
    assert "articles.summary " in site.command("build", code=2).stderr


def test_textrank_takes_what_most_speak_of(site):
    site.config('\n[articles]\nsummary = "textrank"\nsummary_length = 60\n')
    site.article(
        "boat.md",
        "# A boat\n\nIt rained hard. The ferry harbour board met about ferry prices.\n\n"
        "Ferry prices rise, the harbour board said.\n\nThe board wants higher ferry prices.\n",
    )
    site.build()
    assert "ferry" in summaries(site)["A boat"].lower()
    assert "rained" not in summaries(site)["A boat"]
