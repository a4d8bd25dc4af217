"""Flask pages, the REST API and the command line."""
