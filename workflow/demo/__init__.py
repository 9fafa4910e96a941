"""Who plays in the demo, chosen from whatever data there is."""
