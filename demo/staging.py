"""The sources of the demo: the stage that the incident has reached, kept as fresh as a live system keeps its own."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from demo.sample import Sample, lay_out, lay_out_again

FRESH_FOR: Final = timedelta(minutes=1)
"""Far below every freshness limit of the shipped profile, the shortest of which is ten minutes."""


class Staging:
    """Lays out stages of the sample in a folder. Safe to be used from several threads."""

    def __init__(self, sample: Sample, folder: Path, clock: Callable[[], datetime]) -> None:
        self.sample = sample
        self.stage = 0
        self._folder = folder
        self._clock = clock
        self._began = clock()
        self._written = self._began
        self._lock = threading.Lock()

    def move_to(self, stage: int) -> None:
        """Lay out a stage as the sources' present state; beyond the last one, the last."""
        with self._lock:
            self.stage = min(stage, len(self.sample.stages) - 1)
            self._written = self._clock()
            lay_out(self.sample.stages[self.stage], self.sample, self._folder, began=self._began, now=self._written)

    def keep_fresh(self) -> None:
        """Export the same state once more when the last export is a minute old, as a monitoring system would.

        Nothing has changed in it but when it was observed, so a demo that was left open still drafts.
        """
        with self._lock:
            now = self._clock()
            if now - self._written >= FRESH_FOR:
                self._written = now
                stage = self.sample.stages[self.stage]
                lay_out_again(stage, self.sample, self._folder, began=self._began, now=now)
