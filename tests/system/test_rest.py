"""A run with nothing to do ends by one note; whatever could make work makes the note void."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.lock import only_run
from publisher.model import Choice, Frequency
from publisher.publish.rest import NOTE_NAME, Rest, Seen
from publisher.storage import Store
from tests.servers import serving
from tests.system.building import is_at_rest, settle, story
from tests.system.conftest import CONFIG, NOW, SiteFolder
from tests.system.remote import item, rss

SOON = NOW + timedelta(minutes=10)
FEEDS = CONFIG.partition("[mail]")[0]  # without mail


@pytest.fixture
def quiet(site):
    """A site without mail of which all is built."""
    site.config(FEEDS, add=False)
    site.article("ferry.md", story(text="![The pier](pier.png)"))
    site.article("pier.png", b"\x89PNG one")
    (site.folder / "templates").mkdir()
    build(site)
    assert rests(site)
    return site


def build(site, moment=NOW, command="build"):
    """As the command line does it, with articles that lie there for a minute."""
    settle(site)
    return getattr(site, command)(moment, seen=Seen(site.folder, {}))


def rests(site, moment=SOON, command="build", environ=None):
    return is_at_rest(site, moment, command, environ or {})


def until(site):
    return datetime.fromtimestamp(Rest.read(site.folder).until, UTC)


def subscribe(store, name="ana", frequency=""):
    choice = Choice(frequency=Frequency(frequency))
    store.subscribers.add(
        f"{name}@reader.example", name="", subscriptions={"daily": choice}, source="t", now=NOW
    )


def test_what_it_answers_is_what_a_run_would_have_found(site):
    site.article("ferry.md", story())
    site.article("later.md", story("Later", "2126-11-20 08:00"))
    settle(site)
    assert site.run(datetime.now(UTC)).written > 0
    looked = site.json("run")
    assert rests(site, datetime.now(UTC), "run")
    assert site.json("run") == looked
    said = site.command("run", "-q")
    assert (said.stdout, said.stderr) == ("", "")
    table = site.command("run")
    assert "nothing new" in table.stdout
    (site.folder / NOTE_NAME).unlink()
    by_itself = site.command("run")
    assert (by_itself.stdout, by_itself.stderr) == (table.stdout, table.stderr)


def test_who_finds_a_run_at_work_is_told_so_whatever_the_note_says(quiet):
    build(quiet, datetime.now(UTC))
    assert rests(quiet, datetime.now(UTC))
    with only_run(quiet.folder):
        assert "another run" in quiet.command("build").stderr


def pause(store, name, until):
    reader = store.readers.find(f"{name}@reader.example")
    store.readers.pause(reader.subscriber.id, ["daily"], until)


CHANGES = {
    "an article edited": lambda at: at("articles/ferry.md").write_text(story(text="Longer words.")),
    "an article added": lambda at: at("articles/pier.md").write_text(story("Pier")),
    "an article gone": lambda at: at("articles/ferry.md").unlink(),
    "an article renamed": lambda at: at("articles/ferry.md").rename(at("articles/boat.md")),
    "a picture changed": lambda at: at("articles/pier.png").write_bytes(b"\x89PNG two"),
    "something strange": lambda at: at("articles/ferry.exe").write_bytes(b"MZ"),
    "configuration": lambda at: at("publisher.toml").write_text(FEEDS.replace("Courier", "Crier")),
    "vocabulary": lambda at: at("tags.toml").write_text('blocked = ["Skerry"]\n'),
    "a template": lambda at: at("templates/rss.html").write_text("x"),
    "a feed gone": lambda at: at("feeds/rss.xml").unlink(),
    "a feed overwritten": lambda at: at("feeds/rss.xml").write_text("mine"),
    "the store gone": lambda at: at("publisher.db").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_makes_it_void(quiet, change):
    CHANGES[change](quiet.folder.joinpath)
    assert not rests(quiet)


def test_a_template_that_cannot_be_read_makes_it_void(quiet):
    (quiet.folder / "templates" / "x.html").symlink_to("/etc/hostname")
    assert not rests(quiet)
    (quiet.folder / "templates" / "x.html").unlink()
    assert rests(quiet)


def test_another_program_moment_command_or_secret_makes_it_void(quiet, monkeypatch):
    assert not rests(quiet, NOW - timedelta(seconds=1))  # the clock went back
    assert not rests(quiet, NOW + timedelta(hours=1))
    assert not rests(quiet, command="run")
    assert not rests(quiet, environ={"PUBLISHER_SMTP_USERNAME": "paper"})
    (quiet.folder / NOTE_NAME).write_text('{"command": "build"}')
    assert not rests(quiet)
    build(quiet)
    assert rests(quiet)
    monkeypatch.setattr("publisher.publish.rest.program_marks", dict)
    assert not rests(quiet)


def test_whoever_writes_to_the_store_makes_it_void(quiet):
    url = "sqlite:///publisher.db"
    with Store.open(url, site=quiet.folder) as store:
        assert rests(quiet)  # who only looks changes nothing
        store.notebook.write("x", "y")
        assert not rests(quiet)  # also while it is still in the log, as that of the web service
    assert not rests(quiet)
    build(quiet)
    assert rests(quiet)
    old = (quiet.folder / "publisher.db").read_bytes()
    with Store.open(url, site=quiet.folder) as store:
        store.notebook.write("x", "z")
    build(quiet)
    (quiet.folder / "publisher.db").write_bytes(old)  # put back from a backup
    assert not rests(quiet)


def test_what_somebody_writes_while_a_run_is_at_work_is_not_passed_over(quiet, monkeypatch):
    from publisher.publish import conduct

    def and_meanwhile(*words, **more):
        with Store.open("sqlite:///publisher.db", site=quiet.folder) as store:
            store.notebook.write("x", "y")
        return write_output(*words, **more)

    write_output = conduct.write_output
    monkeypatch.setattr(conduct, "write_output", and_meanwhile)
    quiet.article("pier.md", story("Pier"))
    build(quiet)
    assert not rests(quiet)


def test_a_web_service_that_only_looks_on_does_not_keep_it_from_being_left(quiet):
    with Store.open("sqlite:///publisher.db", site=quiet.folder) as store:
        store.notebook.read("x")
        quiet.article("pier.md", story("Pier"))
        build(quiet)
        assert rests(quiet)
    assert rests(quiet)


def an_article_with_a_finding(site):
    site.article("odd.md", "---\ntitle: Odd\ncolour: red\n---\n\nText.\n")


def a_file_beside_that_no_look_finds(site):
    site.article("_img/pier.png", b"\x89PNG three")
    site.article("ferry.md", story(text="![The pier](_img/pier.png)"))


@pytest.mark.parametrize(
    "trouble",
    [an_article_with_a_finding, a_file_beside_that_no_look_finds],
)
def test_a_run_that_would_have_to_say_or_look_again_leaves_none(quiet, trouble):
    trouble(quiet)
    for minutes in range(2):
        build(quiet, NOW + timedelta(minutes=minutes))
        assert not rests(quiet, NOW + timedelta(minutes=minutes))


def test_what_is_as_new_as_the_look_is_looked_at_again(quiet):
    quiet.article("pier.md", story("Pier"))
    quiet.build(NOW, seen=Seen(quiet.folder, {}))
    assert not rests(quiet)
    build(quiet)
    assert rests(quiet)


@pytest.mark.parametrize("field", ["date", "embargo", "expires", "withdrawn"])
def test_it_ends_with_the_moment_of_an_entry(quiet, field):
    quiet.article("soon.md", story("Soon", **{field: "2026-11-23 12:07"}))
    build(quiet)
    assert until(quiet) == NOW + timedelta(minutes=7)
    assert rests(quiet, NOW + timedelta(minutes=6))
    assert not rests(quiet)
    assert build(quiet, SOON).written
    assert rests(quiet, SOON)


def test_what_was_taken_back_is_named_until_it_is_over(quiet):
    moments = {"withdrawn": "2026-11-23 11:00", "expires": "2026-11-23 12:07"}
    quiet.article("gone.md", story("Gone", **moments))
    build(quiet)
    assert until(quiet) == NOW + timedelta(minutes=7)


def test_it_ends_when_a_source_or_the_hub_is_to_be_asked_again(quiet):
    with serving() as server:
        server.pages["/feed"] = (200, {}, rss(item()))
        server.pages["/hub"] = (503, {}, b"")
        quiet.config(
            f"\n[sources.blog]\nurl = '{server.url('/feed')}'\nallow_private = true\n"
            f"every = '30 minutes'\n[feeds]\nhub = '{server.url('/hub')}'\n"
        )
        build(quiet)
        assert until(quiet) == NOW + timedelta(minutes=30)
        build(quiet, command="run")  # which has told of the hub, and says so no second time
        build(quiet, NOW + timedelta(minutes=1), command="run")
        assert until(quiet) == NOW + timedelta(minutes=5)


@pytest.fixture
def mailing(site):
    """A site with a reader who has had everything."""
    site.article("ferry.md", story())
    with Store.open("sqlite:///publisher.db", site=site.folder) as store:
        subscribe(store)
    assert build(site, command="run").sent == 1
    assert not rests(site, command="run")  # that nothing is left shows in a run that does nothing
    build(site, SOON, command="run")  # which notes that the edition is done
    build(site, SOON, command="run")
    assert rests(site, SOON, command="run")
    return site


def test_it_ends_with_the_next_slot_and_the_end_of_a_pause(mailing):
    early = NOW.replace(hour=6, minute=30) + timedelta(days=1)
    build(mailing, early, command="run")
    assert until(mailing) == early.replace(hour=7, minute=0)
    with Store.open("sqlite:///publisher.db", site=mailing.folder) as store:
        pause(store, "ana", early + timedelta(minutes=9))
    build(mailing, early, command="run")
    assert until(mailing) == early + timedelta(minutes=9)


def test_what_is_owed_or_asked_for_or_came_back_makes_it_void(mailing, monkeypatch):
    (mailing.folder / "mail" / "new").mkdir(parents=True)
    (mailing.folder / "mail" / "cur").mkdir()
    mailing.config("\n[bounces]\nmaildir = 'mail'\n")
    build(mailing, SOON, command="run")
    assert rests(mailing, SOON, command="run")
    letter = mailing.folder / "mail" / "new" / "1.host"
    letter.write_bytes(b"Subject: x\n\n")
    assert not rests(mailing, SOON, command="run")
    letter.unlink()
    assert rests(mailing, SOON, command="run")
    with Store.open("sqlite:///publisher.db", site=mailing.folder) as store:
        store.requests.ask("link", "ana@reader.example", now=SOON)
    monkeypatch.setattr("publisher.publish.letters.answer_requests", lambda *_, **__: [])
    build(mailing, SOON, command="run")  # somebody else has it in hand
    assert not rests(mailing, SOON, command="run")


def test_as_long_as_somebody_sends_none_is_left(mailing):
    with (
        Store.open("sqlite:///publisher.db", site=mailing.folder) as store,
        store.ledger.owner(NOW),
    ):
        build(mailing, SOON, command="run")
        assert not rests(mailing, SOON, command="run")
    build(mailing, SOON, command="run")
    assert rests(mailing, SOON, command="run")


STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from("abc")),
    st.tuples(st.just("later"), st.sampled_from("abc")),
    st.tuples(st.just("subscribe"), st.sampled_from(["", "each", "weekly"])),
    st.tuples(st.just("pause"), st.integers(1, 40)),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 59, 60, 600, 1440])),
)


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=6))
def test_whenever_it_holds_a_run_finds_nothing_to_do(tmp_path_factory, steps):
    site, moment = SiteFolder(tmp_path_factory.mktemp("rest") / "site"), NOW
    site.config('frequencies = ["each", "weekly"]\n')
    site.article("z.md", story("Story z"))
    readers = []
    for number, (what, value) in enumerate([*steps, ("wait", 1), ("wait", 1), ("wait", 30)]):
        soon = f"{moment + timedelta(minutes=45):%Y-%m-%d %H:%M}"
        if what in ("write", "later"):
            more = {"date": soon} if what == "later" else {}
            site.article(f"{value}.md", story(f"Story {value}", text=f"Words {number}.", **more))
        elif what == "wait":
            moment += timedelta(minutes=value)
        else:
            with Store.open("sqlite:///publisher.db", site=site.folder) as store:
                if what == "subscribe":
                    subscribe(store, f"r{number}", value)
                    readers.append(f"r{number}")
                for name in readers if what == "pause" else ():
                    pause(store, name, moment + timedelta(minutes=value))
        settle(site)
        rest = Rest.read(site.folder)
        holds = rests(site, moment, "run")
        report = build(site, moment, "run").as_dict()
        if holds:
            quiet = {name: [] if isinstance(one, list) else 0 for name, one in report.items()}
            assert json.dumps({**quiet, "stopped": False, **rest.report}) == json.dumps(report)
