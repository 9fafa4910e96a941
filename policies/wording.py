"""Amounts and sentences as an Indonesian office writes them."""

from __future__ import annotations


def say_money(amount: int) -> str:
    """Whole rupiah as officials write them: Rp1.500.000,00."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def with_full_stop(text: str) -> str:
    """What somebody typed, so that it can end a sentence: with one full stop, whether they typed one or not."""
    return f"{text.strip().rstrip('.')}."
