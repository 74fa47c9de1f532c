"""The workspace in memory: people, channels, messages, views; no network."""
