"""What commands answer with --json is what docs/commands.md says of them."""

import json
import tomllib

import pytest
from typer.testing import CliRunner

from publisher.cli.commands import app, program
from tests.system.conftest import ROOT

TOLD = tomllib.loads((ROOT / "docs/answers.toml").read_text(encoding="utf-8"))
ANA = "ana@reader.example"
BOUNCE = "From: postmaster@reader.example\nSubject: no\n\nSomething went wrong here.\n"
# Why a script has nothing to read there.
SILENT = {
    "bounces": "a mail server's pipe reads the exit code alone",
    "bounces show": "it gives a message as it came",
    "help": "it speaks to people",
    "password": "it has nothing to say",
    "preview": "it serves until it is stopped",
    "schedule": "it runs until it is stopped",
    "serve": "it serves until it is stopped",
    "subscribers export": "it gives CSV; `subscribers list` gives JSON",
    "subscribers held": "it gives JSON always",
    "worker": "it works until it is stopped",
}


def walk(command, words=()):
    if words and (not hasattr(command, "commands") or command.invoke_without_command):
        yield " ".join(words), command
    for name, one in getattr(command, "commands", {}).items():
        yield from walk(one, (*words, name))


COMMANDS = dict(walk(program()))


def has_json(command):
    return any("--json" in one.opts for one in command.params)


def test_every_command_answers_a_script_or_has_a_reason_not_to():
    speaking = {name for name, command in COMMANDS.items() if has_json(command)}
    assert COMMANDS.keys() - speaking == SILENT.keys()
    assert TOLD.keys() == speaking


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Each command asked once, in an order in which a site might see them."""
    site = tmp_path_factory.mktemp("answers") / "paper"
    given = {}

    def ask(command, *words, code=0, text=None):
        where = [] if command == "init" else ["--site", str(site)]
        line = [*command.split(), *words, *where]
        done = CliRunner().invoke(app, [*line, *([] if text else ["--json"])], input=text)
        assert done.exit_code == code, (line, done.output, done.exception)
        if not text:
            given[command] = json.loads(done.stdout)
        return given.get(command)

    ask("init", str(site))
    ask("subscribers add", ANA, "--newsletter", "daily")
    configuration = site / "publisher.toml"
    outbox = configuration.read_text()
    relay = outbox.replace('transport = "outbox"', 'transport = "smtp"')
    # Nobody listens there, so the edition stays open.
    nowhere = '[mail.smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n'
    configuration.write_text(relay + nowhere)
    ask("run", code=75)
    [edition] = [one["edition"] for one in ask("editions list")]
    for command in ("pause", "resume", "retry", "cancel", "show"):
        ask(f"editions {command}", edition)
    configuration.write_text(outbox)
    (site / "articles/new.md").write_text("---\ntitle: New\ntags: [Skerry]\n---\nText.\n")
    (site / "articles/bad.md").write_text("---\ntitle: [\n---\nText.\n")
    ask("build", code=1)
    ask("check", "--explain", code=1)
    (site / "publisher.db").chmod(0o644)
    ask("doctor")
    ask("editions preview", "daily")
    ask("editions send-test", "daily", "--to", "me@paper.example")
    for command in ("status", "tags", "migrate", "subscribers list"):
        ask(command)
    ask("tags review", "--least", "1", "--dry-run")
    ask("bounces", text=BOUNCE)
    ask("bounces list")
    (site / "list.csv").write_text("address\nuwe@reader.example\n")
    ask("subscribers import", str(site / "list.csv"), "--newsletter", "daily")
    for command in ("show", "pause", "resume", "remove", "forget"):
        ask(f"subscribers {command}", ANA)
    for command in ("suppressions add", "suppressions list", "suppressions remove"):
        ask(command, *(["@rival.example"] if command[-4:] != "list" else []))
    ask("import", str(site / "articles/hello.md"), "--dry-run")
    return given


@pytest.mark.parametrize("command", TOLD)
def test_the_answer_has_the_names_that_are_documented(answers, command):
    told = TOLD[TOLD[command].get("as", command)]
    answer = answers[command]
    assert isinstance(answer, list) == told.get("each", False)
    names = {name for name in told if name != "each"}
    must = {name for name in names if not name.endswith("?")}
    items = answer if isinstance(answer, list) else [answer]
    assert items
    for one in items:
        assert must <= one.keys() <= {name.removesuffix("?") for name in names}
