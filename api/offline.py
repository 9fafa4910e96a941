"""``jenjang`` in a process that refuses whatever has to do with a network, to show that letters are checked without one."""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Run the command that is given, with every use of a socket refused by the interpreter itself."""
    sys.addaudithook(_refuse)
    from api.command_line import main as command  # noqa: PLC0415 - nothing of it is loaded before the network is off

    command(prog_name="jenjang")


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError(f"{event}: this process has no network")


if __name__ == "__main__":
    main()
