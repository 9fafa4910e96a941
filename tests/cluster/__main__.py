"""``make cluster``: the demo on two servers, two workers, PostgreSQL and a proxy, as processes of this machine."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from api.commands.session import say
from api.demo import run
from api.demo.folder import Folder
from api.demo.service import Service
from tests.cluster.accidents import Misfortune
from tests.cluster.topology import DURABLE, running
from tests.postgresql import running_cluster

FOLDER = Path("demo") / "cluster"


def main() -> None:
    """Walk the demo on it, with accidents if asked for; then serve until stopped, or end."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end when the demo has been walked and verified")
    parser.add_argument("--accidents", action="store_true", help="while it is walked, what happens to real servers")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    # What is prepared here is sealed with what the servers are given.
    os.environ["JENJANG_KEYS"] = str(FOLDER / "keys")
    with running_cluster(DURABLE) as postgresql, postgresql.database() as address:

        @contextmanager
        def serving(folder: Folder, at: datetime, port: int) -> Iterator[Service]:
            with running(postgresql, folder, at, port) as topology:
                names = ", ".join(member.name for member in topology.members)
                say(f"\nBerjalan sebagai proses di mesin ini: PostgreSQL, {names}. Catatannya dalam {folder.path}.")
                if not asked.accidents:
                    yield topology.service()
                    return
                with Misfortune(topology, say):
                    yield topology.service()

        run(once=asked.once, data=None, port=asked.port, folder=Folder(FOLDER, address), serve=serving)


if __name__ == "__main__":
    main()
