"""How work is cut into portions, and who does it."""

import os
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.publish.hands import begun, in_portions

needs_two = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="a second core is missing: one process does it all"
)


@given(st.integers(0, 3000), st.integers(1, 500))
def test_portions_are_all_there_is_in_its_order_and_grow_small_towards_the_end(many, size):
    portions = [*in_portions(range(many), size)]
    assert [one for portion in portions for one in portion] == [*range(many)]
    lengths = [len(portion) for portion in portions]
    assert lengths[:-1] == sorted(lengths[:-1], reverse=True)
    assert max(lengths, default=1) <= size
    assert 0 not in lengths


def double(numbers):
    return [2 * number for number in numbers]


def negate(numbers):
    return [-number for number in numbers]


def where(numbers):
    return [os.getpid() for _ in numbers]


def fall(numbers):
    if os.getpid() != OURS:
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers


OURS = os.getpid()


def asked(hands, work):
    return [one for some in hands.begin(work, iter([[1, 2], [3], [4, 5, 6]])) for one in some]


@needs_two
def test_the_same_hands_do_one_work_after_another():
    with begun(double, negate, where) as hands:
        assert asked(hands, double) == [2, 4, 6, 8, 10, 12]
        assert asked(hands, negate) == [-1, -2, -3, -4, -5, -6]
        assert OURS not in asked(hands, where)


@needs_two
def test_whatever_is_asked_of_hands_that_died_is_done_here():
    with begun(double, fall, where) as hands:
        assert asked(hands, fall) == [1, 2, 3, 4, 5, 6]
        hands.each(os.getpid)
        assert asked(hands, double) == [2, 4, 6, 8, 10, 12]
        assert {*asked(hands, where)} == {OURS}
