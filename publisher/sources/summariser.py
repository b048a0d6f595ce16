"""A program of the operator's own that writes summaries: with a time limit and no shell."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.valueclass import valueclass

_MOST = 64 * 1024  # bytes of an answer
_SECRETS = "PUBLISHER_"  # what begins so in the environment is for us alone


@valueclass(kw_only=False)
class Answer:
    """What the program said, or what went wrong with it."""

    text: str = ""
    problem: str = ""


def ask_summariser(
    command: Sequence[str], article: Mapping[str, object], *, folder: Path, seconds: float
) -> Answer:
    """Start `command` in `folder` with the article as JSON on its standard input.

    What the article says never becomes a part of the command. After `seconds` the program and
    whatever it started are ended; so are they if they say more than 64 KB.
    """
    with tempfile.TemporaryFile() as question:
        question.write(json.dumps(article, ensure_ascii=False).encode())
        question.seek(0)
        try:
            asked = subprocess.Popen(  # noqa: S603 - the operator names it, in publisher.toml
                list(command),
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={k: v for k, v in os.environ.items() if not k.startswith(_SECRETS)},
                start_new_session=True,
            )
        except OSError as err:
            return Answer(problem=f"can't be started: {err.strerror or err}")
        with asked:
            try:
                return _listen(asked, time.monotonic() + seconds, seconds)
            finally:
                # Also what it left running: it would hold our pipes open.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(asked.pid, signal.SIGKILL)


def _listen(asked: subprocess.Popen[bytes], until: float, seconds: float) -> Answer:
    said: dict[str, bytes] = {"out": b"", "err": b""}
    assert asked.stdout is not None
    assert asked.stderr is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(asked.stdout, selectors.EVENT_READ, "out")
        waiting.register(asked.stderr, selectors.EVENT_READ, "err")
        while waiting.get_map():
            left = until - time.monotonic()
            if left <= 0:
                return Answer(problem=f"said nothing within {seconds:g} seconds")
            for key, _ in waiting.select(left):
                piece = os.read(key.fd, 8192)
                if not piece:
                    waiting.unregister(key.fileobj)
                said[key.data] = (said[key.data] + piece)[: _MOST + 1]
            if len(said["out"]) > _MOST:
                return Answer(problem=f"said more than {_MOST // 1024} KB")
    try:
        code = asked.wait(max(until - time.monotonic(), 0.01))
    except subprocess.TimeoutExpired:
        return Answer(problem=f"did not end within {seconds:g} seconds")
    if code:
        last = said["err"].decode(errors="replace").strip().rpartition("\n")[2]
        return Answer(problem=f"ended with {code}{f': {last[:200]}' if last else ''}")
    try:
        text = said["out"].decode().strip()
    except UnicodeDecodeError:
        return Answer(problem="did not answer in UTF-8")
    return Answer(text) if text else Answer(problem="said nothing")
