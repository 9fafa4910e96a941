"""The law: numbers with their dates and articles, and the decisions that follow from them. Standard library only."""
