"""Links for people outside: how long one stays good."""

from __future__ import annotations

from policies.parameters import parameter

HOST_DAYS = parameter("links.host_days", int)
GUIDE_DAYS = parameter("links.guide_days", int)
