"""What a day's sweep does about cases that have been kept long enough: it proposes, and erases only where the agency says so."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.retention.erasing import erase_listed
from workflow.retention.schedule import listed, runs_by_itself

log = logging.getLogger("jenjang")


@dataclass(frozen=True)
class Lapsed:
    """How many cases await a person's word, and how many were erased."""

    proposed: int = 0
    erased: int = 0


def look_for_lapsed(database: Database, engine: Engine, at: datetime) -> Lapsed:
    """Propose, or erase. Safe to run twice."""
    if runs_by_itself(engine.office, at):
        found = Lapsed(erased=len(erase_listed(database, engine, at, None)))
    else:
        found = Lapsed(proposed=len(database.read(listed, engine.office, at).due))
    if found != Lapsed():
        log.info("kept long enough: %d await confirmation, %d erased", found.proposed, found.erased)
    return found
