"""Forms: form-js definitions, and the reading, checking and viewing of the same schema in Python."""
