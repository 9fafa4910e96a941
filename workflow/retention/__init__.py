"""The end of what a closed case says: kept for as long as the schedule tells, never erased under a legal hold.

Erased are the payloads of its events with their salts (so that what they said cannot be guessed from their hashes), the texts
of its form and entries, the files that were handed in for it, and what was written about it in messages, notes and links. Kept
are that it was, its chain, days, figures and choices, who held which role (by id), its letters and incoming letters with
their numbers, and the books: those are records of the agency, which its archivist disposes of by UU 43/2009.
"""
