"""The leak scan: every spelling of every withheld term, looked for in the message."""
