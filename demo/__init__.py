"""The demo: the sample incident, its story, and the bot running against the sandbox."""
