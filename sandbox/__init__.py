"""A local Slack workspace: for trying the product, and the fake of its tests."""
