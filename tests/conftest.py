"""What every test shares: Hypothesis draws the same examples each time, and takes the time that it needs."""

from hypothesis import settings

settings.register_profile("bridgepkg", derandomize=True, deadline=None)
settings.load_profile("bridgepkg")
