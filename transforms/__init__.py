"""The pure core: no input or output, no clock, no chance, no Slack client."""
