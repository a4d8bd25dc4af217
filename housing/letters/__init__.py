"""Letters of the office: written from templates, sent, proven to be served."""
