"""Background work beyond one machine: workers that are Procrastinate, on the same PostgreSQL.

What is owed stands in rows of its own transaction (``workflow.effects``); a job only says that somebody should look at one of
them, and is written in that transaction too. A job that is lost is called for anew from the row.
"""
