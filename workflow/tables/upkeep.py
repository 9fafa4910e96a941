"""What several servers and workers of one database share: duties of the day, the keys that they were given, and tallies."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer, String, Table

from workflow.tables.schema import Instant, metadata

#: One row a duty: on which day it was taken up last, until when the one who has it in hand is waited for, and when it was done.
upkeep = Table(
    "upkeep",
    metadata,
    Column("duty", String(40), primary_key=True),
    Column("taken_on", Date, nullable=False),
    Column("taken_until", Instant, nullable=False),
    Column("done_at", Instant),
)

#: By what each file of the folder of keys is known, as it was when it was first used: whoever has another was given the wrong one.
key_marks = Table(
    "key_marks",
    metadata,
    Column("file", String(60), primary_key=True),
    Column("mark", String(64), nullable=False),
    Column("since_at", Instant, nullable=False),
)

#: How often effects came to what, and how long all of them took, summed over every process that ran them.
effect_tallies = Table(
    "effect_tallies",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("outcome", String(10), primary_key=True),  # done, failed, parked
    Column("number", BigInteger, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
)

#: The oldest revision of the tables whose program can still work with them as they are now; written by each migration.
compatibility = Table(
    "compatibility",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("oldest", String(32), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
