"""Measurements beside the tests: what they print is compared, and nothing of the product imports them."""
