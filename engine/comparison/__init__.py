"""What is different between two versions of a process package."""
