"""The same thing done by many at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

from publisher.storage import Store


def at_once(act, each):
    """What `act` gives for each of these, all begun together; raises what one of them raised."""
    each = list(each)
    together = Barrier(len(each), timeout=60)

    def begin(one):
        together.wait()
        return act(one)

    with ThreadPoolExecutor(len(each)) as threads:
        return list(threads.map(begin, each))


def at_once_in_stores(act, count, url, site):
    """The same for as many stores of one database, all open before, as of so many processes."""
    with ExitStack() as stack:
        return at_once(act, [stack.enter_context(Store.open(url, site=site)) for _ in range(count)])
