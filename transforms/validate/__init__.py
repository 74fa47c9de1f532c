"""Stage three: what stands in the way of a release."""
