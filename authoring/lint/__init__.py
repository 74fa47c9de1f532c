"""The linter's checks, one file for each kind of fault."""
