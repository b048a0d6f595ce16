"""An SMTP server that remembers on disk what it accepts, before it says so.

    python tests/witness.py LOG [SECONDS]

prints its port; LOG gets a line for each message: recipient, Message-ID. SECONDS is how long it
thinks between the final dot and its answer. It knows PIPELINING, and nothing it need not know.
"""

import asyncio
import os
import re
import sys

_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_ANSWERS = {
    b"EHLO": b"250-witness\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


async def talk(reader, writer, log, pause):
    recipient = b"?"
    writer.write(b"220 witness\r\n")
    try:
        while line := await reader.readline():
            verb = line[:4].upper().strip()
            if verb == b"RCPT":
                recipient = line[line.index(b"<") + 1 : line.index(b">")]
            writer.write(_ANSWERS.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                data = await reader.readuntil(b"\r\n.\r\n")
                os.write(log, recipient + b" " + _MESSAGE_ID.search(data)[1] + b"\n")
                if pause:
                    await asyncio.sleep(pause)
                writer.write(b"250 2.0.0 accepted\r\n")
            elif verb == b"QUIT":
                break
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    pause = float(sys.argv[2]) if len(sys.argv) > 2 else 0
    server = await asyncio.start_server(
        lambda reader, writer: talk(reader, writer, log, pause), "127.0.0.1", 0, limit=1 << 22
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
