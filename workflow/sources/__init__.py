"""Where each fact that a rule asks for is read from: one small function a fact, named after it. See ``workflow/facts.py``."""
