"""How often somebody may ask for what costs more than a look, or tells what nobody should copy: so many times a minute.

Counted by person, whichever of their keys or sessions asks, and in the database, so that all processes count together. Where
guesses are slowed more with each (``attempts``), here a minute begins anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, case

from workflow.database import insert_or
from workflow.errors import TooOften
from workflow.tables import attempts

_WINDOW: Final = timedelta(minutes=1)


def count(conn: Connection, what: str, person_id: str, at: datetime, *, most: int, cost: int = 1) -> None:
    """Count what somebody asks for; ``cost``: for how many of the ``most`` in a minute it stands.

    Raises TooOften, and then counts nothing.
    """
    key = sha256(f"pace\n{what}\n{person_id}".encode()).hexdigest()
    is_over = attempts.c.last_at <= at - _WINDOW
    new = insert_or(conn.dialect.name, attempts).values(key=key, number=cost, last_at=at, wait_until=at)
    counted = new.on_conflict_do_update(
        index_elements=[attempts.c.key],
        set_={
            "number": case((is_over, cost), else_=attempts.c.number + cost),
            "last_at": case((is_over, at), else_=attempts.c.last_at),
        },
    )
    number = conn.execute(counted.returning(attempts.c.number)).scalar_one()
    if number > most:
        raise TooOften(f"Paling banyak {most} kali dalam satu menit. Tunggu sebentar, lalu coba lagi.")
