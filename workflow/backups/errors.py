"""Why a backup cannot be made, read or restored, or a database cannot be moved."""

from __future__ import annotations


class BackupError(Exception):
    """Says what stands in the way, and the way out, in Indonesian."""


class Damaged(BackupError):
    """The file is no backup of ours, or is not whole, or not as it was made."""


class WrongKey(BackupError):
    """The file is encrypted, and not for the key that was given."""


class NotEmpty(BackupError):
    """The database to be filled holds something already."""
