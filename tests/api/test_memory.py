"""Threads of a server and of a worker share their heaps."""

from __future__ import annotations

import os
import subprocess
import sys

#: Prints the heaps of a process in which sixteen threads have each made something that is too large for Python's own memory.
PROGRAM = """
import ctypes, sys, threading
from api.memory import share_heaps
if sys.argv[1] == "shared":
    share_heaps()
together = threading.Barrier(16)
def make():
    together.wait()
    kept.append([bytes(2_000) for _ in range(500)])
    together.wait()
kept, threads = [], [threading.Thread(target=make) for _ in range(16)]
[each.start() for each in threads], [each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
output = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, output)
libc.fflush(output)
"""


def heaps(how: str, **environment: str) -> int:
    """The heaps of such a process."""
    plain = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    command = [sys.executable, "-c", PROGRAM, how]
    done = subprocess.run(command, env=plain | environment, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.count("<heap nr=")


def test_sixteen_threads_take_their_memory_from_two_heaps() -> None:
    assert heaps("shared") == 2 < heaps("alone")


def test_whoever_asks_for_another_number_is_heeded() -> None:
    assert heaps("shared", MALLOC_ARENA_MAX="3") == 3
