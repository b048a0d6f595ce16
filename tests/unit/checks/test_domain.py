from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from publisher.checks.domain import (
    Zone,
    check_dkim,
    check_dmarc,
    check_mx,
    check_ptr,
    check_spf,
)

D = "paper.example"
KEY = rsa.generate_private_key(65537, 2048).public_key().public_bytes(
    Encoding.DER, PublicFormat.SubjectPublicKeyInfo
)  # fmt: skip
P = b64encode(KEY).decode()
GOOD = {
    (D, "TXT"): ["other=1", "v=spf1 mx include:_spf.relay.example -all"],
    ("_spf.relay.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ?all"],
    (f"news._domainkey.{D}", "TXT"): [f"v=DKIM1; k=rsa; p={P}"],
    (f"_dmarc.{D}", "TXT"): [f"v=DMARC1; p=none; rua=mailto:d@{D}"],
    (D, "MX"): ["mx.paper.example"],
    ("mx.paper.example", "A"): ["192.0.2.9"],
    ("relay.example", "A"): ["192.0.2.7"],
    ("192.0.2.7", "PTR"): ["relay.example"],
}


def zone(changes):
    known = GOOD | changes

    def ask(kind):
        return lambda name: tuple(known.get((name, kind), ()))

    return Zone(ask("TXT"), ask("A"), ask("MX"), ask("PTR"))


def check_all(**changes):
    z = zone(changes.get("changes", {}))
    return [
        one.what
        for found in (
            check_spf(z, D, ("192.0.2.7", "2001:db8::1")),
            check_dkim(z, D, "news", "rsa", KEY),
            check_dmarc(z, f"mail.{D}"),
            check_mx(z, D),
            check_ptr(z, "relay.example", ("192.0.2.7",)),
        )
        for one in found
    ]


def test_a_domain_that_is_set_up_has_nothing_to_mend():
    assert check_all() == []


MANY = {(f"{n}.example", "TXT"): ["v=spf1 a -all"] for n in range(9)}


@pytest.mark.parametrize(("changes", "what"), [
    ({(D, "TXT"): []}, "there are 0 SPF records"),
    ({(D, "TXT"): ["v=spf1 -all", "v=spf1 -all"]}, "there are 2 SPF records"),
    ({(D, "TXT"): ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32"]}, "lets everybody send"),
    ({(D, "TXT"): ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 +all"]}, "lets everybody send"),
    ({(D, "TXT"): ["v=spf1 ip4:198.51.100.1 ip6:2001:db8::/32 -all"]}, "does not cover the relay's address 192.0.2.7"),
    ({(D, "TXT"): ["v=spf1 include:gone.example -all"]}, "include of gone.example, which has 0 records"),
    ({(D, "TXT"): ["v=spf1 ip4:lamp -all"]}, "'lamp', which is no address"),
    ({(D, "TXT"): ["v=spf1 ipv4:192.0.2.7 -all"]}, "'ipv4', which nobody knows"),
    ({(D, "TXT"): ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 " + " ".join(f"include:{n}.example" for n in range(9)) + " -all"], **MANY},
     "SPF needs 18 look-ups"),
    ({(f"news._domainkey.{D}", "TXT"): []}, "there are 0 DKIM keys"),
    ({(f"news._domainkey.{D}", "TXT"): ["v=DKIM1; p="]}, "was taken back"),
    ({(f"news._domainkey.{D}", "TXT"): [f"v=DKIM1; p=A{P[1:]}B"]}, "is not ours"),
    ({(f"news._domainkey.{D}", "TXT"): [f"v=DKIM1; t=y; p={P}"]}, "being tried out"),
    ({(f"_dmarc.{D}", "TXT"): []}, "there are 0 DMARC records"),
    ({(f"_dmarc.{D}", "TXT"): ["v=DMARC1; p=maybe; rua=mailto:a@b.example"]}, "no good policy: p=maybe"),
    ({(f"_dmarc.{D}", "TXT"): ["v=DMARC1; p=reject"]}, "asks for no reports"),
    ({(D, "MX"): [""]}, "takes no mail"),
    ({(D, "MX"): ["gone.example"]}, "gone.example, which takes its mail, has no address"),
    ({("192.0.2.7", "PTR"): []}, "192.0.2.7 has no name"),
    ({("192.0.2.7", "PTR"): ["pool.example"]}, "is called pool.example, which does not lead back"),
])  # fmt: skip
def test_each_thing_that_is_not_is_named_alone(changes, what):
    found = check_all(changes=changes)
    assert [what in one for one in found] == [True], found


def test_a_record_may_send_us_on():
    changes = {(D, "TXT"): ["v=spf1 redirect=_spf.relay.example"],
               ("_spf.relay.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all"]}  # fmt: skip
    assert check_all(changes=changes) == []


def test_a_record_that_includes_itself_comes_to_an_end():
    assert "look-ups" in "".join(check_all(changes={(D, "TXT"): [f"v=spf1 include:{D} -all"]}))
