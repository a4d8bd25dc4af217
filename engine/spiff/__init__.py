"""The only importer of SpiffWorkflow: parsing, stepping, our corrections to it, the state codec. Knows no SQL."""
