"""The only door to Slack: calls, the gateway that may post, and who people are."""
