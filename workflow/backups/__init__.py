"""An office that survives its server: backups, restoring them, and moving from one kind of database to the other.

A backup is one file: a tar of a manifest, the database as its own tool dumps it, and a list of SHA-256 digests, which comes last
so that a file that was cut off is known by its lack. ``tar``, ``age`` and the database's tools open it without this program.
What a database holds is told by ``stand``, in the same words on SQLite and PostgreSQL.
"""
