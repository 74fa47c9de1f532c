"""The assets of the sandbox's page: one document, one style sheet, a few scripts. Nothing is loaded from elsewhere."""
