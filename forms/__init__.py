"""Forms: form-js definitions, and reading, checking and viewing of the same schema in Python."""
