"""What the history of a process says about it, and what a changed version of it would lead to."""
