"""Money: the books, and what becomes of promises at the end of a budget year."""
