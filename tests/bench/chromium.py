"""A Chromium that is kept open and prints pages, spoken to through a pipe: JSON, each message ended by a zero byte."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

#: The pipe is its file descriptors 3 and 4.
_READS, _WRITES = 3, 4
_SWITCHES = (
    "--headless",
    "--no-sandbox",  # it prints our own page, and a container has no other user
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--allow-file-access-from-files",  # the fonts beside the page
    "--remote-debugging-pipe",
)


class Chromium:
    """One page of a browser."""

    def __init__(self, says: BinaryIO, hears: int, process: int) -> None:
        self.process = process
        self._says, self._hears, self._number = says, hears, 0
        self._heard: list[dict[str, Any]] = []
        self._left = b""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")

    def printed(self, page: Path) -> bytes:
        """A page as a tagged PDF, its paper as its style says."""
        self._heard.clear()
        self._ask("Page.navigate", url=page.as_uri())
        while not any(said.get("method") == "Page.loadEventFired" for said in self._heard):
            self._heard.append(self._next())
        answer = self._ask("Page.printToPDF", preferCSSPageSize=True, generateTaggedPDF=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session := getattr(self, "_session", None):
            message["sessionId"] = session
        self._says.write(json.dumps(message).encode() + b"\0")
        self._says.flush()
        while (said := self._next()).get("id") != self._number:
            self._heard.append(said)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        answer: dict[str, Any] = said["result"]
        return answer

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            said = os.read(self._hears, 1 << 20)
            if not said:
                raise RuntimeError("Chromium has ended")
            self._left += said
        first, _, self._left = self._left.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


@contextmanager
def opened(program: str) -> Iterator[Chromium]:
    """A Chromium until the block ends, with a profile that is thrown away."""
    to_it, our_says = os.pipe()
    our_hears, from_it = os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_it, from_it)]  # clear of 3 and 4

    def place() -> None:
        os.dup2(ends[0], _READS)
        os.dup2(ends[1], _WRITES)

    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [program, *_SWITCHES, f"--user-data-dir={folder}"],
            preexec_fn=place,  # noqa: PLW1509 - no thread runs yet
            pass_fds=(_READS, _WRITES),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for end in (to_it, from_it, *ends):
            os.close(end)
        try:
            with os.fdopen(our_says, "wb") as says:
                yield Chromium(says, our_hears, process.pid)
        finally:
            os.close(our_hears)
            process.terminate()
            process.wait(20)
