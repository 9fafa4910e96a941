"""The routes: each reads the request, asks the desk, and shows the answer."""
