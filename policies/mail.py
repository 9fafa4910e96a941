"""Mail to our own people: when the daily digest goes out."""

from __future__ import annotations

from policies.parameters import parameter

DIGEST_HOUR = parameter("mail.digest_hour", int)
