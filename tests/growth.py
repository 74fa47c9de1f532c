"""How cost grows with size: a ratio that holds on a slow machine and on a busy one."""

import time
from collections.abc import Callable

TIMES = 8
IN_PROPORTION = 3 * TIMES
"""Well above what a job costs that is eight times as large, and well below sixty-four, the cost of a square."""


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times the processor time of one job another takes that is eight times as large; best of three each."""
    small, large = (min(_taken(work, each) for _ in range(3)) for each in (size, size * TIMES))
    return large / small


def _taken(work: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    work(size)
    return time.process_time() - started
