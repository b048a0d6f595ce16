import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Rendered
from publisher.storage.words import Wording, digest_of
from tests.unit.storage.samples import DAILY, NOW, open_edition, readers

texts = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["<p>a</p>\n<p>b</p>", "a\n\nb\n", ""]
)
segments = st.lists(
    st.builds(
        Rendered,
        subject=texts,
        preheader=texts,
        html=texts,
        text=texts,
        language=st.sampled_from(["", "de"]),
    ),
    min_size=1,
    max_size=5,
)


@given(segments)
def test_words_come_out_as_they_went_in(said):
    wording = Wording()
    for number, rendered in enumerate(said):
        wording.add(number, [f"entry-{number}"], rendered)
    assert list(wording.words().values()) == said
    assert wording.title == said[0].subject
    digests = b"".join(digest_of(number, rendered) for number, rendered in enumerate(said))
    assert wording.digest == hashlib.sha256(digests).hexdigest()


def test_segments_of_the_same_entries_take_hardly_any_room():
    items = [f"<tr><td><h2>Story {n}</h2><p>{n * 'words '}</p></td></tr>\n" for n in range(40)]
    wording = Wording()
    for number in range(50):
        html = "".join(item for n, item in enumerate(items) if not number or (n * number) % 7)
        wording.add(number, [], Rendered(subject="s", preheader="p", html=html, text="t"))
    assert max(len(part.words) for part in wording.parts[1:]) < 200
    assert len(wording.pieces) < 40 * 6 + 20


def test_what_an_edition_says_is_what_its_hash_was_made_of(store):
    open_edition(store, readers(store, 2))
    said = store.editions.words("daily-1")
    assert list(said) == [0, 1]
    assert len(said) == 2
    with pytest.raises(KeyError):
        said[7]
    assert store.editions.digest_of("daily-1") == store.editions.get("daily-1").digest
    assert store.slots.latest("daily")[DAILY].moment == NOW
