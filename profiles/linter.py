"""The profile linter."""
