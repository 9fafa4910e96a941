"""Rounds that match mentors and mentees: opened, answered, proposed by a solver, changed by people, published as cases.

What a round is, its log tells and nothing else: an append-only chain, like that of a case.
"""
