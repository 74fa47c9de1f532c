"""The running processes: work, supervision, schedule, health and the clock."""
