"""``python -m workflow.letters.worker MEMORY``: the process that ``pool`` starts, for letters one after the other.

It is told all that it needs by pipe and never meets a database. It ends with the pipe, so also where its parent was killed,
in the middle of a letter too.
"""

from __future__ import annotations

import gc
import os
import queue
import resource
import signal
import sys
import threading
import traceback
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Final

import msgspec

_LENGTH: Final = 8


class Press(msgspec.Struct, frozen=True, kw_only=True, tag="press"):
    """Make a PDF: what ``pdf.pdf`` is told."""

    html_text: str
    body_json: bytes
    at: datetime
    title: str | None
    fields: tuple[str, ...]


class Seal(msgspec.Struct, frozen=True, kw_only=True, tag="seal"):
    """Sign with a key that needs no secret: an order of ``workflow.signatures.apart``."""

    order: bytes


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """It is made. ``memory``: bytes that the process now holds."""

    content: bytes
    memory: int


class Unfit(msgspec.Struct, frozen=True, kw_only=True, tag="unfit"):
    """A letter that cannot be made, and why in Indonesian: a LetterError on its way through the pipe."""

    says: str


class Broken(msgspec.Struct, frozen=True, kw_only=True, tag="broken"):
    """Something that nobody expected, for whoever mends it."""

    says: str


class Exhausted(msgspec.Struct, frozen=True, kw_only=True, tag="exhausted"):
    """The letter wants more memory than there may be. The process ends."""


Request = Press | Seal
Answer = Done | Unfit | Broken | Exhausted


def send(stream: BinaryIO, message: Request | Answer) -> None:
    """Write a message: its length, and itself. Raises OSError where nobody reads."""
    written = msgspec.msgpack.encode(message)
    stream.write(len(written).to_bytes(_LENGTH))
    stream.write(written)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next message; None where the other end has gone, also in the middle of one."""
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    wanted = int.from_bytes(length)
    written = stream.read(wanted)
    return written if len(written) == wanted else None


def answer(request: Request) -> Answer:
    """Do what is asked. Whatever goes wrong is an answer."""
    from workflow.letters.layout import LetterError  # noqa: PLC0415 - the parent reads messages without it

    try:
        return Done(content=_pressed(request) if isinstance(request, Press) else _sealed(request), memory=_held())
    except LetterError as error:
        return Unfit(says=str(error))
    except (MemoryError, RecursionError):  # deeper than any letter goes is more than there may be, too
        return Exhausted()
    except Exception:  # noqa: BLE001 - the parent says it, and keeps the letter waiting
        return Broken(says=traceback.format_exc(limit=-4))


def _pressed(asked: Press) -> bytes:
    from workflow.letters.pdf import pdf  # noqa: PLC0415 - only where letters are laid out

    return pdf(asked.html_text, body_json=asked.body_json, at=asked.at, title=asked.title, fields=asked.fields)


def _sealed(asked: Seal) -> bytes:
    from workflow.signatures.apart import decoded  # noqa: PLC0415 - only where letters are sealed
    from workflow.signatures.once import carry_out  # noqa: PLC0415

    written = BytesIO()
    carry_out(decoded(asked.order), written)
    return written.getvalue()


def _held() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - read after each letter
        return int(statm.read().split()[1]) * resource.getpagesize()


def _hear(stream: BinaryIO, requests: queue.SimpleQueue[bytes]) -> None:
    """Take requests in; end the process when there will be no more, whatever it is at."""
    while (request := receive(stream)) is not None:
        requests.put(request)
    os._exit(0)


def _take_private_output() -> BinaryIO:
    """Standard output for answers alone: what else is printed goes where errors go."""
    private = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return private


def main() -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it lets the letter at hand be finished
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = _take_private_output()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(sys.stdin.buffer, requests), daemon=True).start()
    decoder = msgspec.msgpack.Decoder(Request)
    with suppress(OSError):  # a part of the system is missing: each letter says so
        import workflow.letters.press  # noqa: PLC0415, F401 - now, rather than within the time of the first letter
    gc.freeze()
    send(output, Done(content=b"", memory=_held()))
    done: set[type[Request]] = set()
    while True:
        request = decoder.decode(requests.get())
        answered = answer(request)
        send(output, answered)
        if type(request) not in done:  # what the first of a kind has loaded stays: no need to look through it each time
            done.add(type(request))
            gc.collect()
            gc.freeze()
        if isinstance(answered, Exhausted):
            return


if __name__ == "__main__":
    main()
