"""Long work with progress, done beside the pages: rows that a worker takes, one at a time."""
