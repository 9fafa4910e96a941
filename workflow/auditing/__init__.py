"""For those who examine: assignments, what was looked at under them, samples, whole cases as archives, and what to ask about."""
