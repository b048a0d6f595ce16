import pytest

from publisher.steps import at_once, in_turn


def test_each_step_of_all_is_done_before_the_next_of_one():
    said = []

    def work(name, steps):
        for step in range(steps):
            said.append((name, step))
            yield
        return name

    assert in_turn(work(name, steps) for name, steps in (("a", 1), ("b", 3), ("c", 0))) == [*"abc"]
    assert said == [("a", 0), ("b", 0), ("b", 1), ("b", 2)]
    assert at_once(work)("d", 2) == "d"
    assert in_turn([]) == []


def test_what_a_step_raises_reaches_who_asked():
    def work():
        yield
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_turn([work()])
