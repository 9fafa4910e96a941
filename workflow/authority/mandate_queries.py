"""When a mandate is in force, as a condition: the one place that says it, for all who ask the tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from workflow.tables import mandates


def in_force(on: Any) -> ColumnElement[bool]:
    """A condition on ``mandates``: accepted by the receiver, begun, neither over nor revoked.

    Whether the giver still holds the post, and every mandate that it goes through too, is ``lending.standing``'s to say.
    """
    return and_(
        mandates.c.accepted_on <= on,
        mandates.c.from_on <= on,
        mandates.c.until_on >= on,
        or_(mandates.c.revoked_on.is_(None), mandates.c.revoked_on > on),
    )
