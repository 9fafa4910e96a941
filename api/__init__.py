"""The face: HTTP, pages and the command line."""
