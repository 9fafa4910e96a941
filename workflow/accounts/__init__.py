"""Accounts: who signs in on a page, by what, and the sessions that they have open."""
