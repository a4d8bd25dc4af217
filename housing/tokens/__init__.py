"""API tokens: how programs outside prove who they are."""
