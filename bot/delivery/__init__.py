"""What goes out: outbox rows, and what is drawn from the latest state when each is sent."""
