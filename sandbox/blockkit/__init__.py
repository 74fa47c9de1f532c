"""Slack's rules for blocks: limits, shapes, defaults and input values."""
