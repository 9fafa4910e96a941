"""The processes, and the one engine that runs them."""
