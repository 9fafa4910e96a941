"""Several servers and workers as one service, as processes of this machine: what a province runs on many."""
