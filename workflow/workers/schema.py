"""Procrastinate's own tables and functions, which come with the library and not from us."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

#: What its tables, types and functions are called, so that a comparison with ours leaves them out.
PREFIX = "procrastinate_"


def install(conn: Connection) -> None:
    """Make them, on PostgreSQL, unless they are there; on SQLite there is nothing to make."""
    if conn.dialect.name != "postgresql" or inspect(conn).has_table("procrastinate_jobs"):
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - only a migration needs it

    # As one script, which psycopg takes only where it is told of no parameters.
    cursor = conn.connection.cursor()
    try:
        cursor.execute(SchemaManager.get_schema())
    finally:
        cursor.close()


def remove(conn: Connection) -> None:
    """Take them away again, with the jobs that wait: the rows of what is owed call for them anew."""
    if conn.dialect.name == "postgresql":
        conn.execute(text(_REMOVE))


_REMOVE = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT format('DROP TABLE %I CASCADE', tablename) AS statement FROM pg_tables
        WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%' LOOP
        EXECUTE found.statement;
    END LOOP;
    FOR found IN SELECT format('DROP ROUTINE %s CASCADE', oid::regprocedure) AS statement FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\\_%' LOOP
        EXECUTE found.statement;
    END LOOP;
    FOR found IN SELECT format('DROP TYPE %I CASCADE', typname) AS statement FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace AND typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') LOOP
        EXECUTE found.statement;
    END LOOP;
END $$
"""
