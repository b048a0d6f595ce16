"""How a look at the articles is compared with the last one."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.publish.reading import _differing

LINES = st.lists(st.sampled_from("abcdefgh"), unique=True).map(sorted)


@given(LINES, LINES)
def test_leaving_out_what_both_begin_and_end_with_leaves_what_differs(new, old):
    less_new, less_old = _differing(new, old)
    assert set(less_new) - set(less_old) == set(new) - set(old)
    assert set(less_old) - set(less_new) == set(old) - set(new)


def test_of_many_lines_few_are_left_to_compare():
    old = [f"{number:05}" for number in range(1000)]
    assert _differing([*old[:500], "00500 b", *old[501:]], old) == (["00500 b"], ["00500"])
    assert _differing([*old[:500], *old[501:]], old) == ([], ["00500"])
    assert _differing(old, old) == ([], [])
