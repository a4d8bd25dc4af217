"""The published constraints of the BPMN 2.0 standard, checked on a file as it was written."""
