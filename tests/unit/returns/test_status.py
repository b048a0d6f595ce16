import pytest

from publisher.model import ReturnKind
from publisher.returns import find_status, kind_of


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "", ReturnKind.HARD),
        ("5.1.10", "", ReturnKind.HARD),
        ("5.2.1", "", ReturnKind.HARD),
        ("5.0.0", "", ReturnKind.HARD),
        ("5.2.2", "", ReturnKind.SOFT),
        ("5.4.7", "", ReturnKind.SOFT),
        ("5.3.0", "", ReturnKind.SOFT),
        ("4.2.2", "", ReturnKind.SOFT),
        ("4.4.1", "", ReturnKind.SOFT),
        ("5.7.1", "", ReturnKind.POLICY),
        ("5.7.515", "", ReturnKind.POLICY),
        ("4.7.0", "", ReturnKind.POLICY),
        ("5.2.3", "", ReturnKind.POLICY),
        ("5.6.0", "", ReturnKind.POLICY),
        ("2.0.0", "", ReturnKind.NOTICE),
        ("", "550 no such user", ReturnKind.HARD),
        ("", "452 mailbox full", ReturnKind.SOFT),
        ("", "no idea", ReturnKind.UNKNOWN),
        ("9.9", "", ReturnKind.UNKNOWN),
    ],
)
def test_a_code_says_whether_it_is_the_addresss_fault(status, words, kind):
    assert kind_of(status, words) is kind


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (("5.1.1",), "5.1.1"),
        (("5.0.0", "550 5.1.1 unknown"), "5.1.1"),
        (("5.0.0", "nothing more"), "5.0.0"),
        (("", "host 192.0.2.5.1 said no"), ""),
        (("", ""), ""),
    ],
)
def test_the_code_that_says_most_counts(texts, status):
    assert find_status(*texts) == status
