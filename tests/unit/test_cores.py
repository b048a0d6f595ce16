"""What another process does beside this one is done, whatever becomes of that process."""

import os
import signal
import threading

import pytest

from publisher.cores import meanwhile, usable_cores


def test_the_work_is_done_by_another_process():
    with meanwhile(lambda: b"%d" % os.getpid()) as answer:
        assert int(answer()) != os.getpid()


def test_a_long_answer_is_whole():
    with meanwhile(lambda: b"word " * 100_000) as answer:
        assert answer() == b"word " * 100_000


def test_what_a_process_leaves_undone_is_done_here():
    ours = os.getpid()

    def work():
        if os.getpid() != ours:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"done"

    with meanwhile(work) as answer:
        assert answer() == b"done"


def test_a_process_that_nobody_waits_for_ends(monkeypatch):
    fork, forked = os.fork, []
    monkeypatch.setattr(os, "fork", lambda: forked.append(fork()) or forked[-1])
    with (
        pytest.raises(KeyboardInterrupt),
        meanwhile(lambda: b"word " * 100_000),
    ):
        raise KeyboardInterrupt
    with pytest.raises(ChildProcessError):  # it was waited for already
        os.waitpid(forked[0], os.WNOHANG)


def test_beside_another_thread_no_process_is_started():
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    try:
        assert usable_cores() == 1
    finally:
        event.set()
        thread.join()
