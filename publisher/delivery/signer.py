"""The program that fills in and signs messages, `python -m publisher.delivery.signer`.

It gets keys, words and recipients over its standard input (signing.py) and gives back messages. It
imports no more than that takes: the first messages wait for it.
"""

from __future__ import annotations

import pickle
import struct
import sys
from typing import Any, BinaryIO

from publisher.delivery.dkim import DkimSigner, SigningKey
from publisher.delivery.faults import why_unmade
from publisher.delivery.message import MessageTemplate
from publisher.model import Recipient

SIZE = struct.Struct(">I")  # of what follows it on the pipe


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Fill in and sign what comes from `source` until it ends."""
    keys = _receive(source)
    signer = DkimSigner(
        [SigningKey.read(pem, domain=domain, selector=sel) for pem, domain, sel in keys]
    )
    template: MessageTemplate | None = None
    while (work := _receive(source)) is not None:
        words, recipients = work
        if words is not None:
            template = MessageTemplate(words, signer)
        assert template is not None  # the first chunk has words
        data = pickle.dumps([_made(template, recipient) for recipient in recipients])
        sink.write(SIZE.pack(len(data)) + data)
        sink.flush()


def _made(template: MessageTemplate, recipient: Recipient) -> bytes | str:
    try:
        return template.fill(recipient)
    except Exception as err:  # noqa: BLE001
        return why_unmade(err)  # a machine short of memory ends us: our owner makes it


def _receive(source: BinaryIO) -> Any:
    head = source.read(SIZE.size)
    if len(head) < SIZE.size:
        return None
    (size,) = SIZE.unpack(head)
    return pickle.loads(source.read(size))  # noqa: S301


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
