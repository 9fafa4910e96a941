"""Cohorts: how many cases can be asked for together."""

from __future__ import annotations

from policies.parameters import parameter

#: People in one cohort, at most.
LARGEST = parameter("cohort.largest", int)
