"""Indexes of a large office: what is open, what is over, who is away, and what takes a letter back are each found by their own.

Revision 0003, of 2026-11-23.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
#: Programs of this revision and later ones can work with these tables. An older one, where nothing that it needs was taken away.
oldest_program = "0002"

OPEN, OVER = sa.text("closed_at IS NULL"), sa.text("closed_at IS NOT NULL")
CANCELLED, CHANGED = sa.text("cancelled_by IS NOT NULL"), sa.text("changed_by IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_closed_at")
        batch_op.create_index(
            "ix_cases_closed_at", ["closed_at", "id"], unique=False, sqlite_where=OVER, postgresql_where=OVER
        )
        batch_op.drop_index("ix_cases_open", sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(
            "ix_cases_open",
            ["id", "process", "state", "unit_id", "closed_at"],
            unique=False,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(
            "ix_letters_cancelled_by",
            ["cancelled_by"],
            unique=False,
            sqlite_where=CANCELLED,
            postgresql_where=CANCELLED,
        )

    with op.batch_alter_table("letter_cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_letter_cases_changed_by", ["changed_by"], unique=False, sqlite_where=CHANGED, postgresql_where=CHANGED
        )

    with op.batch_alter_table("occupations", schema=None) as batch_op:
        batch_op.create_index("ix_occupations_until_on", ["until_on", "from_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("occupations", schema=None) as batch_op:
        batch_op.drop_index("ix_occupations_until_on")

    with op.batch_alter_table("letter_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_letter_cases_changed_by", sqlite_where=CHANGED, postgresql_where=CHANGED)

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index("ix_letters_cancelled_by", sqlite_where=CANCELLED, postgresql_where=CANCELLED)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_open", sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index("ix_cases_open", ["id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index("ix_cases_closed_at", sqlite_where=OVER, postgresql_where=OVER)
        batch_op.create_index("ix_cases_closed_at", ["closed_at"], unique=False)
