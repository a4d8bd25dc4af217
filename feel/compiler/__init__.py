"""From the tree to closures: each kind of node has its compile function."""
