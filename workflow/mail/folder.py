"""Mail as files: the way out that needs no server. Each message is one ``.eml`` file, there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from workflow.mail.transport import Unreachable


@dataclass(frozen=True)
class Folder:
    """A folder of messages, made when it is first needed. Only whoever runs this can read them."""

    path: Path

    @property
    def says(self) -> str:
        """Where the messages lie."""
        return f"folder {self.path}"

    @property
    def default_sender(self) -> str:
        """A name that can never exist (RFC 2606): files reach nobody by themselves."""
        return "jenjang@jenjang.invalid"

    @contextmanager
    def opened(self) -> Iterator[Folder]:
        """The folder itself."""
        yield self

    def send(self, content: bytes, name: str, _sender: str, _to: str, /) -> None:
        """Write a message. One that is there already, from a run that was cut short, stays as it is. Raises Unreachable."""
        target = self.path / f"{name}.eml"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not target.exists():
                _save(target, content)
        except OSError as error:
            raise Unreachable(
                f"Folder surel {self.path} tidak dapat ditulisi ({error.strerror}). Periksa letak, hak akses, dan ruangnya."
            ) from error


def _save(target: Path, content: bytes) -> None:
    descriptor, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).rename(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(beside).unlink()
        raise
