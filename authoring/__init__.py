"""For people who write profiles: lint, and the difference between two profiles."""
