"""What Slack sends: each request becomes one committed inbox row and an ack, and nothing else happens here."""
