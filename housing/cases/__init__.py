"""Cases: submitting a task's form, drafts, and what the case page shows."""
