"""Stage four: the package, exactly how it reads, and the signed statement about it."""
