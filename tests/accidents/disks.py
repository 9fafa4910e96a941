"""A disk with little room, which can be given more."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Disk:
    """A file system of its own, in memory."""

    folder: Path

    def resize(self, megabytes: int) -> None:
        _mount("-o", f"remount,size={megabytes}m", str(self.folder))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Skips the test where mounting is not permitted, as to whoever is not root."""
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a disk of its own needs root: {getattr(error, 'stderr', '') or error}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run([shutil.which("umount") or "/bin/umount", "--lazy", str(folder)], check=True, timeout=20)


def _mount(*arguments: str) -> None:
    command = [shutil.which("mount") or "/bin/mount", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=20)
