"""State, inbox, outbox, log chain and sealed columns, on SQLite or Postgres."""
