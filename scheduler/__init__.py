"""What runs when: the ticker, the sweep of due jobs, the outbox relay."""
