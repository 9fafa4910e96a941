"""Registers of letters: how many numbers a block may hold, and how many letters may be put beside one number."""

from __future__ import annotations

from policies.parameters import parameter

LARGEST_BLOCK = parameter("registers.largest_block", int)
MOST_INSERTIONS = parameter("registers.most_insertions", int)
