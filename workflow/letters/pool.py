"""Letters are made in processes of their own: who serves requests never renders, and no letter can harm the server.

A process keeps WeasyPrint, fonts and stylesheets for many letters. It may use so much memory and, for each letter, so much
time; one that ends, however it ends, is replaced, and the letter tried once more. It starts with the first letter. Commands,
which make a letter and end, do without: ``pressed`` makes it where it is called unless a pool is in use.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from signal import SIGKILL, SIGTERM
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

import msgspec

from workflow.letters.layout import LetterError
from workflow.letters.pdf import pdf
from workflow.letters.worker import Answer, Broken, Done, Press, Request, Seal, Unfit, receive, send
from workflow.signatures.apart import Failure, ToSeal, answers, encoded
from workflow.signatures.signer import Sealed, Signer, SigningFailed, Why

_ROOT: Final = Path(__file__).parents[2]
#: Bytes that a process may hold as its own. A letter takes 90 MB, one with 200 pages 500 MB.
MEMORY: Final = 1024**3
#: Seconds for a letter; one of 200 pages takes half a minute.
SECONDS: Final = 180.0
#: Bytes by which a process may have grown before it is replaced: less than one letter in a thousand needs to.
GROWTH: Final = 200 * 1024**2
#: Seconds for a process to load what it works with, and to end when it is told to.
_START, _END = 60.0, 5.0


class TooLarge(LetterError):
    """A letter that takes more memory or time than it may. It is of no use to try it again."""


class PressBroken(LetterError):
    """A letter was not made, and not by its own fault. It may be tried again."""


class Pool:
    """So many processes at most; each caller waits for one that is free. For use from several threads."""

    def __init__(
        self, workers: int = 1, *, memory: int = MEMORY, seconds: float = SECONDS, growth: int = GROWTH
    ) -> None:
        self.workers = workers
        self._memory, self._seconds, self._growth = memory, seconds, growth
        self._free = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._closed = False

    def pressed(
        self, html_text: str, *, body_json: bytes, at: datetime, title: str | None = None, fields: Sequence[str] = ()
    ) -> bytes:
        """The letter as a PDF, as ``pdf.pdf`` makes it. Blocks. Raises LetterError; see TooLarge and PressBroken."""
        return self._done(Press(html_text=html_text, body_json=body_json, at=at, title=title, fields=tuple(fields)))

    def sealed(self, order: bytes) -> bytes:
        """What ``workflow.signatures.once`` answers to an order without a secret. Blocks. Raises LetterError."""
        return self._done(Seal(order=order))

    def close(self) -> None:
        """End the processes that are free, and each other one when its letter is done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _done(self, request: Request) -> bytes:
        for again in (True, False):
            with self._worker() as worker:
                answer = worker.ask(request, self._seconds)
            if isinstance(answer, Done):
                return answer.content
            if isinstance(answer, Unfit):
                raise LetterError(answer.says)
            if isinstance(answer, Broken):
                raise PressBroken(f"Surat tidak dapat dibuat: kesalahan yang tidak terduga.\n{answer.says}")
            if answer is not None:
                raise TooLarge(_too_large(f"{self._memory // 1024**2} MB ingatan"))
            if worker.expired:
                raise TooLarge(_too_large(f"{self._seconds:g} detik"))
            if not again and not worker.was_killed:
                raise TooLarge(_too_large(f"{self._memory // 1024**2} MB ingatan, atau pembuatnya dua kali berhenti"))
        raise PressBroken("Surat belum dibuat: proses pembuatnya dua kali dihentikan dari luar. Akan dicoba lagi.")

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """A process that is free, or a new one; afterwards free again, unless it has ended or grown."""
        with self._free:
            with self._lock:
                if self._closed:
                    raise PressBroken("Surat belum dibuat: server sedang berhenti. Akan dicoba lagi.")
                worker = self._idle.pop() if self._idle else None
            worker = worker or _Worker(self._memory)
            keep = False
            try:
                yield worker
                keep = worker.fit and worker.grown < self._growth
            finally:
                with self._lock:
                    keep = keep and not self._closed
                    if keep:
                        self._idle.append(worker)
                if not keep:
                    worker.end()


def _too_large(limit: str) -> str:
    return (
        f"Surat terlalu besar: pembuatannya memerlukan lebih dari {limit}. Ringkas isinya, atau sertakan lampiran panjang "
        "sebagai berkas tersendiri."
    )


class _Worker:
    """A process, as seen from the pool."""

    def __init__(self, memory: int) -> None:
        self.expired, self.grown = False, 0
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "workflow.letters.worker", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("JENJANG_")},
        )
        self._input, self._output = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        self._began: int | None = None
        self.fit = True

    @property
    def was_killed(self) -> bool:
        """Somebody else ended it, or the system did."""
        return self._process.poll() in (-SIGKILL, -SIGTERM)

    def ask(self, request: Request, seconds: float) -> Answer | None:
        """Have something done; None where the process has ended instead, or was ended as its time was up."""
        if self._began is None:
            ready = self._within(_START, None)
            if not isinstance(ready, Done):
                return None
            self._began = ready.memory
        answer = self._within(seconds, request)
        if isinstance(answer, Done):
            self.grown = answer.memory - self._began
        self.fit = isinstance(answer, Done | Unfit)
        return answer

    def end(self) -> None:
        """Its input ends, and so does it."""
        with suppress(OSError):
            self._input.close()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def _within(self, seconds: float, request: Request | None) -> Answer | None:
        """Ask, and hear the answer. When the time is up the process is killed, which ends whatever is waited for."""
        timer = threading.Timer(seconds, self._expire)
        timer.start()
        written = None
        try:
            if request is not None:
                send(self._input, request)
            written = receive(self._output)
        except OSError:  # it has gone
            pass
        finally:
            timer.cancel()
        if written is None:
            self.fit = False
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END)
            return None
        answer: Answer = _answers.decode(written)
        return answer

    def _expire(self) -> None:
        self.expired = True
        self._process.kill()


_answers: Final = msgspec.msgpack.Decoder(Answer)

_in_use: Pool | None = None


@contextmanager
def in_use(pool: Pool) -> Iterator[Pool]:
    """Have all letters of this process made by a pool, which is closed afterwards."""
    global _in_use  # noqa: PLW0603 - one for the process, as whoever asks for a letter may be anywhere
    _in_use = pool
    try:
        with pool:
            yield pool
    finally:
        _in_use = None


def hands() -> int:
    """How many letters can be made at once."""
    return _in_use.workers if _in_use else 1


def pressed(
    html_text: str, *, body_json: bytes, at: datetime, title: str | None = None, fields: Sequence[str] = ()
) -> bytes:
    """The letter as a PDF: by the pool that is in use, or else by ``pdf.pdf`` here. Blocks. Raises LetterError."""
    press = _in_use.pressed if _in_use else pdf
    return press(html_text, body_json=body_json, at=at, title=title, fields=fields)


def sealed_with(signer: Signer, content: bytes, field: str, why: Why, at: datetime) -> Sealed:
    """A letter with a signature by a key without a secret: by the pool that is in use, or else here. Blocks.

    Raises SigningFailed, LetterError.
    """
    if _in_use is None:
        return signer.seal(content, field, why, None, at)
    order = {"signer": signer, "secret": "", "letters": [ToSeal(pdf=content, field=field, why=why)], "at": at}
    (answer,) = answers(_in_use.sealed(encoded(order)))
    if isinstance(answer, Failure):
        raise SigningFailed(answer.kind, answer.says)
    return answer
