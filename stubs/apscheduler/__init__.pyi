# What of APScheduler 3.11 is used here; the library has no types.
