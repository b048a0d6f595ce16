"""A first-time user comes from nothing to a test mail by what the program says, by wrong turns too."""

import re

import pytest

from tests.names import name_server
from tests.system.service import mail_server
from tests.system.shell import opened

pytestmark = pytest.mark.slow
RELAY = '\n[mail.smtp]\nhost = "{}"\nport = {}\nsecurity = "none"\n'
OUTBOX, SMTP = 'transport = "outbox"', 'transport = "smtp"'


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    with name_server({}) as names, opened(tmp_path_factory.mktemp("shell"), names=names) as made:
        yield made


@pytest.fixture
def paper(shell, tmp_path):
    """A site fresh from `init`, run once."""
    assert shell.run("publisher init paper && publisher run --site paper", tmp_path).returncode == 0
    return tmp_path / "paper"


def advice(text):
    """The commands that a text says to type."""
    return re.findall(r"^  (publisher .*?)(?:  +#.*)?$", text, re.MULTILINE)


def test_from_nothing_to_a_test_mail_by_what_the_program_says(shell, tmp_path):
    with mail_server() as (mailbox, port):
        told = shell.run("publisher help", tmp_path).stdout
        [first] = re.findall(r"New here\? (publisher init paper)", told)
        made = shell.run(first, tmp_path)
        assert "write your own address into paper/publisher.toml" in made.stderr
        steps = advice(made.stderr)
        assert len(steps) == 5
        for step in steps[:-1]:
            done = shell.run(step, tmp_path)
            assert done.returncode == 0, (step, done.stderr)
        test = steps[-1]
        assert "Kept in paper/outbox/ and not sent" in shell.run(test, tmp_path).stderr
        config = tmp_path / "paper/publisher.toml"
        text = config.read_text().replace(OUTBOX, SMTP)
        config.write_text(text + RELAY.format("127.0.0.1", port))
        assert "Sent to the relay for you@paper.example" in shell.run(test, tmp_path).stderr
        [mail] = mailbox.to("you@paper.example")
        assert mail["Subject"] == "[Test] My publication daily: Hello, reader"


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("", 2, ""),
        ("hlep", 2, "Did you mean 'help'? `publisher --help` lists what there is"),
        ("editions lst", 2, "Did you mean 'list'? `publisher editions --help` lists"),
        ("init", 2, "missing argument 'FOLDER' for example: publisher init paper --title"),
        ("init paper", 2, "there is a publisher.toml already (choose another folder)"),
        ("init new --url paper.example", 2, "(write --url https://paper.example/)"),
        ("run --site papr", 2, "`publisher init DIR` makes one, `--site DIR` names the folder"),
        ("run --sight paper", 2, "Possible options: --site"),
        ("check nothing.md --site paper", 2, "there is no such article"),
        ("bounces list --limit x --site paper", 2, "invalid value for '--limit'"),
        ("subscribers add you@paper.example --site paper", 2, "missing option '--newsletter'"),
        ("subscribers add you --newsletter daily --site paper", 2, "write one address such as"),
        ("subscribers add a@b.example --newsletter d --site paper", 2, "(there is: daily)"),
        ("subscribers import no.csv --site paper", 2, "no.csv"),
        ("editions send-test daily --site paper", 2, "example: publisher editions send-test daily --to"),
        ("editions show nothing --site paper", 2, "publisher editions list"),
        ("editions preview daily --timezone Oslo --site paper", 2, "Europe/Oslo"),
        ("editions preview daily --topic china --site paper", 2, "tag:"),
        ("editions preview daily --out no/a.html --site paper", 75, "name a file in a folder that"),
        ("subscribers export -o no/a.csv --site paper", 75, "name a file in a folder that is there"),
        ("subscribers list --site paper", 0, "publisher subscribers add ADDRESS"),
        ("subscribers remove a@b.example --site paper", 1, "`publisher subscribers list` names all"),
        ("import https://127.0.0.1:1/feed --site paper", 1, "--private allows it"),
        ("bounces show 7 --site paper", 2, "only of those that are unread is"),
        ("worker --once --site paper", 2, "say [mail] sent_by = 'workers' on every host"),
        ("import nothing.xml --site paper", 2, "nothing.xml"),
    ],
)  # fmt: skip
def test_a_wrong_turn_says_how_to_go_on(shell, paper, line, code, says):
    done = shell.run(f"publisher {line}", paper.parent)
    assert done.returncode == code
    assert " ".join(says.split()) in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda text: text + 'x = "\n', 2, "publisher.toml:24: is not TOML"),
        (lambda text: text.replace("title", "titel"), 2, "did you mean title?"),
        (lambda text: text.replace(OUTBOX, SMTP), 2, "needs a [mail.smtp] table"),
        (lambda text: text.replace(OUTBOX, SMTP) + RELAY.format("127.0.0.1", 1), 75,
         "Connection refused (see [mail.smtp] host and port; the next run tries again)"),
        (lambda text: text.partition("[newsletters")[0], 2, "write [newsletters.daily] into"),
        (lambda text: re.sub("from = .*", 'from = "news"', text), 2, "mail.from"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_says_how_to_mend_it(shell, paper, change, code, says):
    config = paper / "publisher.toml"
    config.write_text(change(config.read_text()))
    done = shell.run("publisher editions send-test daily --to you@paper.example", paper)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
