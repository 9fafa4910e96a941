"""Why a command was not carried out, where it is not one of the problems that the API answers with too."""

from __future__ import annotations


class CannotRun(Exception):
    """A command that cannot be carried out: says what stands in the way, and the way out, in Indonesian."""


class NotReady(CannotRun):
    """The database is not there yet, or behind the program."""
