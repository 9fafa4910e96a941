"""A machine of its own on a network of two, made of what Linux has: a network namespace and a cable between it and here."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Of this end of the cable and of that one, in a range that is kept for measuring and routed nowhere.
NET = "198.18.213."
HERE, THERE = f"{NET}1", f"{NET}2"
#: A machine that does not exist: what is sent to it is lost without a word.
_NOBODY = "02:00:00:00:00:99"


def ip(*arguments: str) -> str:
    """Raises CalledProcessError, with what it said."""
    command = [shutil.which("ip") or "/sbin/ip", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


@dataclass(frozen=True)
class Apart:
    """The other machine. ``within``: the beginning of a command that runs there."""

    name: str

    @property
    def within(self) -> str:
        return f"{shutil.which('ip') or '/sbin/ip'} netns exec {self.name}"

    def cut(self) -> None:
        """From now on whatever either sends is swallowed; neither is told."""
        ip("neigh", "replace", THERE, "lladdr", _NOBODY, "nud", "permanent", "dev", self.name)
        ip("-n", self.name, "neigh", "replace", HERE, "lladdr", _NOBODY, "nud", "permanent", "dev", "cable")

    def heal(self) -> None:
        """As before."""
        ip("neigh", "del", THERE, "dev", self.name)
        ip("-n", self.name, "neigh", "del", HERE, "dev", "cable")


@contextmanager
def apart() -> Iterator[Apart]:
    """Raises OSError or CalledProcessError where it is not permitted, as to whoever is not root, or not safe."""
    if NET in ip("addr") + ip("route") + ip("neigh"):
        raise OSError(f"this machine uses {NET}0 itself")
    name = f"j{os.getpid() % 10_000_000}"
    ip("netns", "add", name)
    try:
        ip("link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
        ip("addr", "add", f"{HERE}/30", "dev", name)
        ip("link", "set", name, "up")
        ip("-n", name, "addr", "add", f"{THERE}/30", "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
        yield Apart(name)
    finally:
        ip("netns", "del", name)
