"""What an examination asks about: from when on a record counts as late."""

from __future__ import annotations

from policies.parameters import parameter

LATE_RECORDING_DAYS = parameter("auditing.late_recording_days", int)
