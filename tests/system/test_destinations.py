"""A domain that does not take mail now is left alone, over runs too, and all others go on."""

from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from tests.system.conftest import NOW
from tests.system.test_run import story
from tests.unit.delivery.relay import free_port

SLOW = [f"r{number}@slow.example" for number in range(3)]
QUICK = ["ana@quick.example", "ben@other.example"]


class Server:
    """A real mail server that takes mail to slow.example only when it is told to."""

    def __init__(self):
        self.answer = "450 4.7.1 not now, please"
        self.asked, self.arrived = [], []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        self.asked.append(address)
        if address.endswith("@slow.example") and self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server, _session, envelope):
        self.arrived += envelope.rcpt_tos
        return "250 queued"


@pytest.fixture
def server():
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def owing(site, server):
    """A site that owes a newsletter to people of both kinds."""
    site.article("ferry.md", story())
    path = site.folder / "publisher.toml"
    smtp = f'[mail.smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
    mail = f'[mail]\ntransport = "smtp"\ngive_up = "1 day"\n{smtp}connections = 1\n[mail]\n'
    text = path.read_text().replace("[mail]\n", "", 1)
    sender = 'from = "The Courier <post@courier.example>"\n'
    path.write_text(text.replace(sender, mail.replace("[mail]\n", f"[mail]\n{sender}", 1)[:-7]))
    for address in SLOW + QUICK:
        site.command("subscribers", "add", address, "--newsletter", "daily")
    return site


def minutes(number):
    return NOW + timedelta(minutes=number)


def test_a_resting_domain_costs_one_question_and_no_try_of_the_others(owing, server):
    first = owing.run()
    assert sorted(server.arrived) == sorted(QUICK)
    assert (first.sent, first.deferred, first.exit_code) == (2, 3, 0)
    (edition,) = first.opened
    shown = owing.json("editions", "show", edition, "--who", "deferred")["who"]
    assert sorted(row["attempts"] for row in shown) == [0, 0, 1]
    assert len([one for one in server.asked if one in SLOW]) == 1
    words = "left alone after it said: 450 4.7.1 not now, please"
    assert sum(words in row["reply"] for row in shown) == 2


def test_it_is_said_by_status_and_by_editions_show(owing):
    (edition,) = owing.run().opened
    for words in (("status",), ("editions", "show", edition)):
        said = " ".join(owing.command(*words).stdout.split())
        assert "slow.example" in said
        assert "450 4.7.1 not now, please" in said
        assert "failed once since" in said
    (peer,) = owing.json("status")["peers"]
    assert (peer["kind"], peer["name"], peer["failures"]) == ("domain", "slow.example", 1)


def test_it_is_tried_again_when_its_time_has_come_and_then_all_of_it_leaves(owing, server):
    owing.run()
    server.answer = ""
    assert owing.run(NOW + timedelta(seconds=30)).sent == 0
    assert owing.run(minutes(2)).sent == 2
    assert owing.run(minutes(6)).sent == 1
    assert sorted(server.arrived) == sorted(SLOW + QUICK)
    assert owing.json("status")["peers"] == []


def test_what_a_domain_never_takes_is_given_up_after_the_time_that_is_set(owing, server):
    (edition,) = owing.run().opened
    moment = NOW
    for _ in range(60):
        moment += timedelta(hours=1)
        owing.run(moment)
    shown = owing.json("editions", "show", edition, "--who", "failed")["who"]
    assert {row["address"] for row in shown} == set(SLOW)
    (state,) = [one["state"] for one in owing.json("editions", "list")]
    assert state == "done"
    assert len([one for one in server.asked if one in SLOW]) < 20


def test_what_failed_or_waits_is_sent_again_at_once_when_the_operator_says_so(owing, server):
    server.answer = "550 5.7.1 your list is not known here"
    (edition,) = owing.run().opened
    assert owing.json("editions", "list")[0]["state"] == "done"
    server.answer = "450 4.7.1 not now"
    would = owing.command("editions", "retry", edition, "--dry-run")
    assert f"{edition}: 3 deliveries would be queued again" in would.stderr
    assert "r0@slow.example" in would.stdout
    assert "550 5.7.1 your list is not known here" in would.stdout
    assert owing.json("editions", "retry", edition, "--domain", "slow.example")["queued"] == 3
    assert owing.run(minutes(1)).deferred == 3
    server.answer = ""
    assert owing.run(minutes(1)).sent == 0
    owing.command("editions", "retry", edition, "--domain", "slow.example")
    assert owing.run(minutes(1)).sent == 3
    assert sorted(server.arrived) == sorted(SLOW + QUICK)
    assert owing.json("editions", "retry", edition, SLOW[0])["queued"] == 0
    words = ("editions", "retry", edition, SLOW[0], "--failed")
    assert "give one of" in owing.command(*words, code=2).stderr
