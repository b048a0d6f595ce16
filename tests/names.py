"""A name server on loopback that knows the names it is told."""

import socket
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def name_server(records):
    """`records` maps (name, kind) to texts as a zone file has them; gives ADDRESS:PORT."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.1)
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                try:
                    data, whom = server.recvfrom(4096)
                except TimeoutError:
                    continue
                server.sendto(_answer(dns.message.from_wire(data), records), whom)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def _answer(question, records):
    (asked,) = question.question
    name = asked.name.to_text().rstrip(".").lower()
    kind = dns.rdatatype.to_text(asked.rdtype)
    response = dns.message.make_response(question)
    response.flags |= dns.flags.RA
    found = records.get((name, kind), ())
    if found:
        response.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
    elif not any(known == name for known, _ in records):
        response.set_rcode(dns.rcode.NXDOMAIN)
    response.flags &= ~dns.flags.TC
    return response.to_wire(max_size=4096)
