"""The server for as long as it serves."""

import gc

import pytest

from publisher.garbage import put_off_collecting
from publisher.web.server import Server, make_config


@pytest.fixture
def thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("thresholds")
def test_what_connections_leave_does_not_pile_up_as_at_the_start():
    put_off_collecting()
    at_the_start = gc.get_threshold()[0]
    Server(make_config(None, ()), lambda: True)
    assert gc.get_threshold()[0] * 10 < at_the_start
