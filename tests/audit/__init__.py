"""``make audit``: pages as Lighthouse judges them, on a server of their own."""
