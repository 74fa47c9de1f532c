"""Slack's rate limits: a bucket of calls per method that fills again with time."""

import math
from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.ids import Clock
from sandbox.methods.table import Rate, Tier


@dataclass
class Bucket:
    """How many calls are left, as of a moment."""

    left: float
    at: float


class Rates:
    """Counts calls; SlackError `ratelimited` with Retry-After when a bucket is empty. Can be switched off."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._buckets: dict[tuple[str, str | None], Bucket] = {}

    def spend(self, method: str, tier: Tier, channel: str | None) -> None:
        """Count one call, or refuse it with the seconds to wait."""
        if not self.enabled:
            return
        rate: Rate = tier.value
        now = self._clock()
        bucket = self._buckets.setdefault((method, channel if rate.per_channel else None), Bucket(rate.calls, now))
        refill = max(0.0, now - bucket.at) * rate.calls / rate.seconds
        bucket.left, bucket.at = min(float(rate.calls), bucket.left + refill), now
        if bucket.left < 1:
            wait = math.ceil((1 - bucket.left) * rate.seconds / rate.calls)
            raise SlackError("ratelimited", status=429, headers={"Retry-After": str(wait)})
        bucket.left -= 1
