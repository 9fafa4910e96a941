"""Signing in: how long what lets somebody in stays good, and when a guesser is slowed."""

from __future__ import annotations

from policies.parameters import parameter

PASSWORD_LENGTH = parameter("accounts.password_length", int)
IDLE_MINUTES = parameter("accounts.idle_minutes", int)
SESSION_MINUTES = parameter("accounts.session_minutes", int)
ACTIVATION_DAYS = parameter("accounts.activation_days", int)
CODE_DAYS = parameter("accounts.code_days", int)
KEY_DAYS = parameter("accounts.key_days", int)
FACTOR_MINUTES = parameter("accounts.factor_minutes", int)
FACTOR_STRUCTURAL = parameter("accounts.factor_structural", int)
RESET_MINUTES = parameter("accounts.reset_minutes", int)
FREE_ATTEMPTS = parameter("accounts.free_attempts", int)
NETWORK_ATTEMPTS = parameter("accounts.network_attempts", int)
LONGEST_WAIT_MINUTES = parameter("accounts.longest_wait_minutes", int)
