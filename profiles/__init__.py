"""What one audience may see, as data: closed lists, the profile's types, its loader, and the YAML profiles."""
