"""How Alembic runs here: on the connection of the unit that called it, inside that unit's transaction."""

from __future__ import annotations

from typing import Any, Literal, TypeGuard

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ForeignKeyConstraint, inspect

from workflow.tables import Instant, metadata
from workflow.workers.schema import PREFIX


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our own type by its name; everything else as Alembic does."""
    if kind == "type" and isinstance(item, Instant):
        autogen_context.imports.add("from workflow.tables import Instant")
        return "Instant()"
    return False


def default_differs(
    _context: MigrationContext,
    _made: Any,
    _wanted: Any,
    made_default: str | None,
    _wanted_default: Any,
    wanted: str | None,
) -> bool | None:
    """No for an empty text, which Alembic misreads on SQLite; None leaves the rest to Alembic."""
    return False if made_default in ("''", "('')") and wanted in ("", "''") else None


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a name is not one of the workers' library's, whose tables are its own affair."""
    return kind != "table" or not (name or "").startswith(PREFIX)


def circles_last(running: MigrationContext, _revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Tables that refer to each other cannot be made in any order: such a reference is added when all of them exist.

    SQLite cannot add one to a table; there the batch makes the table anew.
    """
    upgrade = directives[0].upgrade_ops
    if upgrade is None:
        return
    made = set(inspect(running.bind).get_table_names()) if running.bind is not None else set()
    later: list[ops.MigrateOperation] = []
    for operation in upgrade.ops:
        if isinstance(operation, ops.CreateTableOp):
            made.add(operation.table_name)
            waiting = [item for item in operation.columns if _refers_beyond(item, made)]
            operation.columns = [item for item in operation.columns if not _refers_beyond(item, made)]
            if waiting:
                references = [ops.CreateForeignKeyOp.from_constraint(reference) for reference in waiting]
                for reference in references:
                    reference.kw.pop("use_alter", None)  # that it comes last says so already
                later.append(ops.ModifyTableOps(operation.table_name, references))
    upgrade.ops.extend(later)


def _refers_beyond(item: Any, made: set[str]) -> TypeGuard[ForeignKeyConstraint]:
    return isinstance(item, ForeignKeyConstraint) and item.referred_table.name not in made


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    process_revision_directives=circles_last,
    compare_server_default=default_differs,
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
