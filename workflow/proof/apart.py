"""A stranger's PDF is read in a process of its own: little memory, little time, no network, nothing written, no program started.

What it finds comes back as JSON; where the limits end it, nothing does.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from workflow.proof.seen import FileSeen

#: Bytes of a file that is looked into.
LARGEST: Final = 20 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]
_MEMORY: Final = 640 * 1024 * 1024
#: Seconds of the processor, and by the clock where the machine is busy.
_SECONDS, _PATIENCE = 15, 40
#: Bytes of an answer; what a file with hundreds of signatures says of itself is not taken in.
_ANSWER: Final = 256 * 1024
_FORBIDDEN: Final = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.system",
    "os.fork",
    "os.forkpty",
    "os.remove",
    "os.rename",
    "os.mkdir",
)

TOO_MUCH: Final = FileSeen(
    trouble="PDF ini terlalu rumit untuk diperiksa: pembacaannya dihentikan karena melampaui batas waktu atau memori."
)


def seen_apart(content: bytes) -> FileSeen:
    """What is in a file. Blocks until the process has ended; raises nothing for what is wrong with the file."""
    if len(content) > LARGEST:
        return FileSeen(trouble="Berkas ini lebih besar daripada 20 MB.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "workflow.proof.apart"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            check=False,
        )
        if done.returncode or len(done.stdout) > _ANSWER:
            return TOO_MUCH
        return msgspec.json.decode(done.stdout, type=FileSeen)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        return TOO_MUCH


def main() -> None:
    """Read a file from standard input within the limits, and write what was seen to standard output."""
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.dont_write_bytecode = True
    from workflow.proof.reading import look  # noqa: PLC0415 - within the limits

    sys.addaudithook(_refuse)
    sys.stdout.buffer.write(msgspec.json.encode(look(sys.stdin.buffer.read(LARGEST + 1))))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """From here on the interpreter itself stops what a reader of files has no need of."""
    mode = str(arguments[1] or "") if event == "open" and len(arguments) > 1 else ""
    if event in _FORBIDDEN or any(sign in mode for sign in "wax+"):
        raise PermissionError(f"{event} is not for a reader of files")


if __name__ == "__main__":
    main()
