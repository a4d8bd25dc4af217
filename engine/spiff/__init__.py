"""The only importer of SpiffWorkflow: reading, checking, stepping, the state codec. No SQL."""
