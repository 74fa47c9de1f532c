"""Connectors: systems of record to records, by mappings that are data."""
