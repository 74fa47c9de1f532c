"""What a change of a profile changes."""
