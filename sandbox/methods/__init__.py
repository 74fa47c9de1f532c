"""Slack's Web API methods, and the table that says what each needs."""
