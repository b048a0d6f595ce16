"""A shell in which the commands that documents show really run, each in a process of its own.

`publisher` there is a few lines that hand arguments, folder, environment and standard streams to a
server, which has the program imported already and forks: so a command costs some ten milliseconds
instead of half a second. Its clock stands where the documents' examples are; names below .example
lead to this machine; what would serve for ever is stopped with SIGTERM.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDLESS = {"serve", "preview", "schedule"}
# What stands for a program that is not ours to run here, and why.
STANDINS = {
    "pip": "tests/wheel.sh installs the wheel",
    "make": "its rules run these tests",
    "sudo": "we are who we have to be: what follows it runs as it is",
}
_CLIENT = """\
#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.connect({path!r})
said = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [said], [0, 1, 2])
sys.exit(int(server.recv(16)))
"""


class Shell:
    """Runs scripts in a folder; `bin` has the programs that they find first."""

    def __init__(self, folder, environ):
        self.bin = folder / "bin"
        self._environ = {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "HOME": str(folder),
            "BROWSER": "/bin/true",
            **environ,
        }

    def run(self, script, where, **environ):
        """Its lines as they stand, up to the first that fails; what was said, and how it ended."""
        return subprocess.run(
            ["sh", "-ec", script],
            cwd=where,
            env={**self._environ, **environ},
            input="a long password\n" * 8,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            start_new_session=True,
        )


@contextmanager
def opened(folder, *, relay=0, names="", environ=()):
    """A shell. `relay` is the port of who takes mail, `names` the address of a name server."""
    programs, path = folder / "bin", str(folder / "socket")
    programs.mkdir()
    client = _CLIENT.format(python=sys.executable, path=path)
    nothing = dict.fromkeys(STANDINS, "#!/bin/sh\n")
    sudo = '#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec "$@"\n'
    for name, text in (nothing | {"publisher": client, "sudo": sudo}).items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    words = [sys.executable, __file__, path, str(relay), names]
    with subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as server:
        try:
            assert server.stdout.readline() == b"ready\n"
            yield Shell(folder, dict(environ))
        finally:
            server.kill()


def _serve(path, relay, names):
    """Answer clients until we are killed; each has a fork of its own, which forks once more."""
    _prepare(relay, names)
    gc.freeze()  # what a fork does not touch, it does not copy
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(path)
        server.listen(8)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        print("ready", flush=True)
        while True:
            client, _ = server.accept()
            if os.fork() == 0:
                server.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _attend(client)
                os._exit(0)
            client.close()


def _attend(client):
    said, streams, _, _ = socket.recv_fds(client, 1 << 20, 3)
    if (child := os.fork()) == 0:
        client.close()
        _become(*json.loads(said), streams)
    for one in streams:
        os.close(one)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    client.send(str(code if code >= 0 else 128 - code).encode())


def _become(words, folder, environ, streams):
    """Be that command, to the end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # Of this process alone: what the server buffers stays there.
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    if (words[:1] and words[0] in ENDLESS) or (words[:1] == ["worker"] and "--once" not in words):
        _end_it_soon()
        if words[0] != "worker" and words[0] != "schedule":
            words = [*_without(words, "--port"), "--port", "0"]
    sys.argv = ["publisher", *words]
    from publisher.cli import main

    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
    # That there is something to mend is an answer: nobody here has a domain.
    os._exit(0 if code == 1 and "--dns" in words else code)


def _without(words, option):
    """A port that a page names may be taken here."""
    if option not in words:
        return words
    at = words.index(option)
    return words[:at] + words[at + 2 :]


def _end_it_soon():
    """SIGTERM, once somebody is there to take it and has had half a second."""
    ready = 0

    def look(_number, _frame):
        nonlocal ready
        ready += signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        if ready > 5:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            signal.setitimer(signal.ITIMER_REAL, 0.1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.1)


def _prepare(relay, names):
    """Have everything imported, and this machine's clock and names as the documents have them."""
    from publisher.cli import common

    began = time.monotonic()
    common.now = lambda: NOON + timedelta(seconds=int(time.monotonic() - began))

    import publisher

    for one in pkgutil.walk_packages(publisher.__path__, "publisher."):
        if ".migrations" not in one.name and not one.name.endswith("__main__"):
            importlib.import_module(one.name)
    from publisher.fetch import names as resolving

    asked = socket.getaddrinfo

    def here(host, port, *words, **options):
        if isinstance(host, str) and host.endswith(".example"):
            host, port = "127.0.0.1", relay if port == 587 and relay else port
        return asked(host, port, *words, **options)

    socket.getaddrinfo = here
    known = resolving.Names.__init__
    resolving.Names.__init__ = lambda self, server="": known(self, server or names)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])
