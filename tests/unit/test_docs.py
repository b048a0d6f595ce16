"""What the documents point to is there."""

import importlib.util
import itertools
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer.main

from publisher.cli.commands import app
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


def walk(command, words=()):
    """Every command with its words, groups that do something themselves among them."""
    if words and (not hasattr(command, "commands") or command.invoke_without_command):
        yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from walk(one, (*words, name))


COMMANDS = dict(walk(typer.main.get_command(app)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_has_an_example(words):
    help_ = COMMANDS[words].help
    assert "Example" in help_
    assert "publisher " in help_.partition("Example")[2]


def lines_of(document):
    """The commands that a document shows, as a shell would part them."""
    text = document.read_text(encoding="utf-8").replace("\\\n", " ")
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if not line.startswith("publisher "):
                continue
            parts = shlex.shlex(line, posix=True, punctuation_chars="|>&;")
            parts.whitespace_split = True
            words = list(itertools.takewhile(lambda one: not one or set(one) - set("|>&;"), parts))
            if words[:1] == ["publisher"] and not {"...", "[OPTIONS]"} & set(words):
                yield tuple(words)


SHOWN = sorted({line for document in DOCUMENTS for line in lines_of(document)})


def test_the_documents_show_many_commands():
    assert len(SHOWN) > 40


@pytest.mark.parametrize("line", SHOWN, ids=" ".join)
def test_every_command_that_a_document_shows_is_one_that_we_have(line):
    words = [*line[1:]]
    command = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    # Parses words and options, and runs nothing.
    command.make_context("publisher", words)


def test_every_key_has_its_meaning_and_none_is_left_over():
    from publisher.config import tables

    keys = {
        name: {field.alias or key for key, field in table.model_fields.items()}
        for name, table in vars(tables).items()
        if isinstance(table, type) and issubclass(table, tables.Table)
        if name not in ("Table", "Settings")
    }
    told = tomllib.loads((ROOT / "docs/meanings.toml").read_text(encoding="utf-8"))
    assert {name: set(table) for name, table in told.items()} == keys


@pytest.mark.slow
def test_the_pages_build_and_no_link_in_them_leads_nowhere(tmp_path):
    if importlib.util.find_spec("sphinx") is None:
        pytest.skip("Sphinx is missing: make docs installs it")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*build, ROOT / "docs", tmp_path / "out"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "start.html" in (tmp_path / "out/index.html").read_text(encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/conf.py").write_text((ROOT / "docs/conf.py").read_text())
    (tmp_path / "docs/index.md").write_text("# A\n\n[there](nowhere.md)\n")
    done = subprocess.run(
        [*build, tmp_path / "docs", tmp_path / "no"], capture_output=True, text=True, check=False
    )
    assert "nowhere.md" in done.stderr
    assert done.returncode
