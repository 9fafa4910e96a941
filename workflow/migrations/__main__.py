"""``python -m workflow.migrations "what changed"``: write the next revision from what workflow/tables.py has become."""

from __future__ import annotations

import sys
import tempfile

from alembic import command
from sqlalchemy import Connection

from workflow.database import Database
from workflow.migrations import configuration, migrate, revisions


def write_next(message: str) -> None:
    """Compare the tables with what the revisions make of a new SQLite file, and write the difference."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/compared.db")
        if revisions():
            migrate(database)

        def write(connection: Connection) -> None:
            command.revision(
                configuration(connection), message, autogenerate=True, rev_id=f"{len(revisions()) + 1:04d}"
            )

        database.write(write)
        database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Pakai: python -m workflow.migrations 'what changed'")
    write_next(sys.argv[1])
