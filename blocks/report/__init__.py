"""The HTML report of an incident: one self-contained page that prints well."""
