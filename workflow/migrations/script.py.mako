"""${message}.

Revision ${up_revision}, of ${create_date.date()}.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
% if imports:

${imports}
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

<% statements = [line for line in upgrades.splitlines() if "###" not in line] %>
def upgrade() -> None:
    ${"\n".join(statements).strip() or "pass"}
