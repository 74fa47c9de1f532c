"""The shell: everything that talks to Slack, to sources and to the clock."""
