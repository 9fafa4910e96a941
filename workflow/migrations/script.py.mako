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
#: Programs of this revision and later ones can work with these tables. An older one, where nothing that it needs was taken away.
oldest_program = ${repr(up_revision)}

<% statements = lambda text: "\n".join(line for line in text.splitlines() if "###" not in line).strip() or "pass" %>
def upgrade() -> None:
    ${statements(upgrades)}


def downgrade() -> None:
    ${statements(downgrades)}
