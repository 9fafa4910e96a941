"""Indexes of what is added up and listed over all cases: tasks by due day, the hours of a year, when what is open was opened.

Revision 0004, of 2026-11-23.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
#: Programs of this revision and later ones can work with these tables. An older one, where nothing that it needs was taken away.
oldest_program = "0002"

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_open", sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(
            "ix_cases_open",
            ["id", "process", "state", "unit_id", "closed_at", "opened_at"],
            unique=False,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )

    with op.batch_alter_table("hour_postings", schema=None) as batch_op:
        batch_op.create_index("ix_hour_postings_year", ["year", "account", "person_id", "hours"], unique=False)

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_due_on", ["due_on", "case_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_due_on")

    with op.batch_alter_table("hour_postings", schema=None) as batch_op:
        batch_op.drop_index("ix_hour_postings_year")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_open", sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(
            "ix_cases_open",
            ["id", "process", "state", "unit_id", "closed_at"],
            unique=False,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )
