"""Processes that fill in and sign."""

import asyncio
import io
import os
import pickle
import signal

import pytest

from publisher.delivery import MessageTemplate

pytest.importorskip("cryptography", reason="cryptography is missing")

from publisher.delivery.signer import SIZE, serve


@pytest.fixture
def signer():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from publisher.delivery.dkim import DkimSigner, SigningKey

    private = Ed25519PrivateKey.generate()
    return DkimSigner([SigningKey(domain="courier.example", selector="news", private=private)])


def make(signer, messages, jobs, *, disturb=None, processes=2):
    """Have messages made; gives them by number."""
    from publisher.delivery.signing import Signers

    async def all_of_them():
        made, done = {}, asyncio.Event()
        signers = Signers(
            signer,
            {number: MessageTemplate(one, signer) for number, one in enumerate(messages, 1)},
            processes=processes,
        )

        def take(number, data):
            made[number] = data
            if len(made) == len(jobs):
                done.set()

        signers.begin(take)
        try:
            signers.submit(jobs)
            if disturb:
                disturb(signers)
            async with asyncio.timeout(100):
                await done.wait()
        finally:
            signers.end()
        return made

    return asyncio.run(all_of_them())


def test_what_other_processes_make_is_what_we_would_have_made(signer, make_message, make_recipient):
    jobs = [(100 + number, 1 + number // 15, make_recipient(number)) for number in range(1, 28)]
    made = make(signer, [make_message(), make_message(subject="Two")], jobs)
    ours = [
        MessageTemplate(make_message(subject=one), signer) for one in ("Ferry late again", "Two")
    ]
    assert made == {number: ours[segment - 1].fill(to) for number, segment, to in jobs}


def test_who_can_not_be_written_to_is_told_in_words(signer, make_message, make_recipient):
    jobs = [(1, 1, make_recipient(1, address="no address")), (2, 1, make_recipient(2))]
    made = make(signer, [make_message(), make_message(subject="Two")], jobs, processes=1)
    assert "no mail address" in made[1] or "space" in made[1]
    assert made[2].startswith(b"DKIM-Signature: ")


def test_the_program_takes_words_once_and_ends_with_its_input(signer, make_message, make_recipient):
    def framed(*things):
        pickled = map(pickle.dumps, things)
        return b"".join(SIZE.pack(len(data)) + data for data in pickled)

    one, two = make_recipient(1), make_recipient(2)
    said = io.BytesIO()
    first = (make_message(), [one])
    serve(io.BytesIO(framed(signer.export(), first, (None, [two]))), said)
    template = MessageTemplate(make_message(), signer)
    assert said.getvalue() == framed([template.fill(one)], [template.fill(two)])


@pytest.mark.threat(41)
def test_a_bug_that_one_message_trips_costs_that_one_and_no_process(
    signer, make_message, make_recipient
):
    jobs = [(number, 1, make_recipient(number)) for number in (1, 2)]
    jobs.append((3, 1, make_recipient(3, message_id="none of ours")))
    made = make(signer, [make_message()], jobs, processes=1)
    assert made[3].startswith("publisher itself fails on this message: ValueError in message.py:")
    assert all(isinstance(made[number], bytes) for number in (1, 2))


def test_messages_larger_than_a_pipe_go_through_it(signer, make_message, make_recipient):
    long = "A sentence that is told again and again.\n" * 10_000
    jobs = [(number, 1 + number // 10, make_recipient(number)) for number in range(25)]
    made = make(signer, [make_message(text=long)] * 3, jobs, processes=1)
    assert all(len(data) > len(long) for data in made.values())


def test_words_that_can_not_be_had_are_for_their_owner_to_ask_for_again(
    signer, make_message, make_recipient
):
    jobs = [(1, 1, make_recipient(1)), (2, 2, make_recipient(2)), (3, 1, make_recipient(3))]
    made = make(signer, [make_message()], jobs, processes=1)  # and no second segment
    assert made[2] is None
    assert all(isinstance(made[number], bytes) for number in (1, 3))


def test_when_one_dies_the_other_takes_over_and_when_all_die_their_owner_has_to(
    signer, make_message, make_recipient
):
    jobs = [(number, 1, make_recipient(number)) for number in range(1, 35)]

    def kill(count):
        def disturb(signers):
            for process in signers._processes[:count]:
                os.kill(process._process.pid, signal.SIGKILL)

        return disturb

    one_lost = make(signer, [make_message(), make_message(subject="Two")], jobs, disturb=kill(1))
    assert all(isinstance(data, bytes) for data in one_lost.values())
    both_lost = make(signer, [make_message(), make_message(subject="Two")], jobs, disturb=kill(2))
    assert set(both_lost.values()) == {None}
