"""How far a case is, told without an account: milestones of the diagram, and the code of a case."""
