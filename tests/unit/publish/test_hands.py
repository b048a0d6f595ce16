"""How work is cut into portions."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.publish.hands import in_portions


@given(st.integers(0, 3000), st.integers(1, 500))
def test_portions_are_all_there_is_in_its_order_and_grow_small_towards_the_end(many, size):
    portions = [*in_portions(range(many), size)]
    assert [one for portion in portions for one in portion] == [*range(many)]
    lengths = [len(portion) for portion in portions]
    assert lengths[:-1] == sorted(lengths[:-1], reverse=True)
    assert max(lengths, default=1) <= size
    assert 0 not in lengths
