"""What the documents point to is there, and what they show is understood.

tests/system/test_documents.py runs what can run.
"""

import importlib.util
import itertools
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from rich.text import Text

from publisher.cli.commands import program
from publisher.config import load_site
from tests.documents import CONFIG, PAGES, add_to, blocks, is_vocabulary

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_is_there(document):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    gone = [one for one in links if "://" not in one and not (document.parent / one).exists()]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_says_to_write_is_a_configuration(page, tmp_path):
    config = CONFIG
    for block in blocks(page):
        if block.language == "toml" and not is_vocabulary(block.text):
            config = add_to(config, block.text)
            (tmp_path / "publisher.toml").write_text(config, encoding="utf-8")
            named = re.findall(r"PUBLISHER_\w+", block.text)
            load_site(tmp_path, dict.fromkeys(named, "a word"))


def test_a_pages_table_takes_the_place_of_what_it_says_again():
    after = add_to(CONFIG, '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "a.example"\n')
    told = tomllib.loads(after)["mail"]
    assert told == {
        "from": "The Paper <news@paper.example>", "transport": "smtp", "smtp": {"host": "a.example"},
    }  # fmt: skip


def test_no_command_stands_in_a_block_that_is_not_called_shell():
    loose = [
        (page.name, text)
        for page in PAGES
        for language, text, _ in blocks(page)
        if not language
        and re.search(r"^(publisher (?!.*\[OPTIONS\])|export |sudo |make )", text, re.MULTILINE)
    ]
    assert loose == []


def walk(command, words=()):
    """Every command with its words, groups that do something themselves among them."""
    if words and (not hasattr(command, "commands") or command.invoke_without_command):
        yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from walk(one, (*words, name))


PROGRAM = program()
COMMANDS = dict(walk(PROGRAM))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_has_an_example(words):
    help_ = COMMANDS[words].help
    assert "Example" in help_
    assert "publisher " in help_.partition("Example")[2]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_shows_all_its_words(words):
    """A table of the configuration, `[mail]`, would be taken for a style and left out."""
    said = [COMMANDS[words].help, *(getattr(one, "help", "") for one in COMMANDS[words].params)]
    styles = {span.style for text in said for span in Text.from_markup(text or "").spans}
    assert styles <= {"bold"}


def lines_of(document):
    """The commands that a document shows, as a shell would part them, wherever they stand."""
    for block in blocks(document):
        for line in block.text.replace("\\\n", " ").splitlines():
            # In a crontab, a unit or a pipe, other words stand before it.
            found = re.search(r"(?:^|[\s/=|\"])(publisher (?:[a-z]|--).*)", line)
            if line.startswith("CMD ["):  # of an image that begins with the program
                yield ("publisher", *json.loads(line.removeprefix("CMD ")))
            if found and "[OPTIONS]" not in line:
                yield parted(found[1].removesuffix('"' * (found[1].count('"') % 2)))


def parted(line):
    parts = shlex.shlex(line, posix=True, punctuation_chars="|>&;")
    parts.whitespace_split = True
    return tuple(itertools.takewhile(lambda one: not one or set(one) - set("|>&;"), parts))


SHOWN = sorted({line for document in DOCUMENTS for line in lines_of(document)})


def test_the_documents_show_many_commands():
    assert len(SHOWN) > 40


@pytest.mark.parametrize("line", SHOWN, ids=" ".join)
def test_every_command_that_a_document_shows_is_one_that_we_have(line):
    words = [*line[1:]]
    command = PROGRAM
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    # Parses words and options, and runs nothing.
    command.make_context("publisher", words)


def spoken_of(document):
    """The commands that stand within a sentence, often without what they need."""
    prose = re.sub(
        r"^ *```.*?^ *```$", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    return re.findall(r"`publisher ((?:[a-z]|--)[^`]*)`", prose)


SPOKEN = sorted({" ".join(line.split()) for page in DOCUMENTS for line in spoken_of(page)})


@pytest.mark.parametrize("line", SPOKEN)
def test_every_command_that_a_sentence_names_is_one_that_we_have(line):
    words = shlex.split(line)
    command = PROGRAM
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert command is not PROGRAM or not words or words[0][0] == "-"
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    asked = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert asked <= options | {"--help", "--version", "--install-completion", "--show-completion"}


UNITS = [
    (page.name, block.text) for page in PAGES for block in blocks(page) if block.language == "ini"
]


def test_the_units_that_pages_show_are_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing")
    assert len(UNITS) == 4
    for number, (page, text) in enumerate(UNITS):
        kind = "timer" if "[Timer]" in text else "service"
        unit = tmp_path / f"{page.removesuffix('.md')}-{number - (kind == 'timer')}.{kind}"
        unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


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
