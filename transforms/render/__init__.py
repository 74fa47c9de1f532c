"""Stage two: evidence and a profile become slots, each shown or held."""
