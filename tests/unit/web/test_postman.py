"""The thread that sends what people on the web wait for goes on, whatever one round met."""

import threading

import pytest

from publisher.errors import TransportError
from publisher.web import postman


@pytest.mark.threat(41)
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (TransportError("the relay is gone"), "the relay is gone"),
        (ZeroDivisionError("ana@reader.example"), "ZeroDivisionError in test_postman.py:"),
    ],
)
def test_a_round_that_fails_is_told_and_followed_by_others(monkeypatch, trouble, said):
    monkeypatch.setattr(postman, "_AGAIN", 0.01)
    rounds, told, done = [], [], threading.Event()

    def deliver(is_stopped):
        rounds.append(is_stopped())
        if len(rounds) == 1:
            raise trouble
        done.set()

    with postman.Postman(deliver, log=told.append) as one:
        for _ in range(1000):
            one.wake()
            if done.wait(0.01):
                break
    assert rounds[:2] == [False, False]
    [line] = told
    assert said in line
    assert "@" not in line
