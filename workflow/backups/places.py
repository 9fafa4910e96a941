"""Where files are written so that they are there whole or not at all, and what a killed run has left is cleared away."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def private_folder(beside: Path, prefix: str) -> Iterator[Path]:
    """A folder that nobody else may look into, in the folder ``beside``; gone at the end.

    Those of the same prefix whose process was killed are cleared away: nobody holds their lock any more.
    """
    for left in beside.glob(f"{prefix}*"):
        _clear(left)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists():  # else somebody who clears was faster than the lock
            break
        os.close(descriptor)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _clear(left: Path) -> None:
    try:
        descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(descriptor)


def settle(path: Path) -> None:
    """Have what was written to a file, or which names a folder has, outlast the power going out."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give_name(file: Path, name: Path) -> None:
    """Let a file that is complete have its name, unless another has it already: then FileExistsError."""
    settle(file)
    os.link(file, name)
    with suppress(FileNotFoundError):
        file.unlink()
    settle(name.parent)
