"""One verb for many tasks: chosen, previewed, done one by one, each with its result."""
