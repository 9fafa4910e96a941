"""What the environment says: which database, whose policies. Commands and server read it here, so that they agree."""

from __future__ import annotations

import os
from pathlib import Path

#: Where the database lies unless JENJANG_DATABASE says otherwise: a file in the folder in which the command is given.
DEFAULT_DATABASE = "sqlite:///jenjang.db"


def database_address() -> str:
    """The SQLAlchemy address of the database."""
    return os.environ.get("JENJANG_DATABASE") or DEFAULT_DATABASE


def policies_folder() -> Path | None:
    """The agency's own policies, laid over the shipped ones; None where there are none."""
    named = os.environ.get("JENJANG_POLICIES")
    return Path(named) if named else None
