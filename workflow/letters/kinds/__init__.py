"""Which letters each process issues: who signs them, to whom they go, what they take back."""
