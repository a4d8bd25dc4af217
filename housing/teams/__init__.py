"""What chiefs see of their teams: load, kept deadlines, trends; and the weekly digest."""
