"""The pages that people see: drawn on the server, working without scripts, over the same views and steps as the API."""
