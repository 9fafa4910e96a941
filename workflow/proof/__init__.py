"""Proof that a letter is ours: the signed statement in its QR code, the keys it is checked with, and the look into a PDF."""
