from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Literal

from apscheduler.executors.pool import ThreadPoolExecutor

class BackgroundScheduler:
    def __init__(
        self,
        *,
        executors: Mapping[str, ThreadPoolExecutor],
        job_defaults: Mapping[str, object],
        timezone: tzinfo,
    ) -> None: ...
    @property
    def running(self) -> bool: ...
    def add_job(
        self,
        func: Callable[[], object],
        trigger: Literal["interval"],
        *,
        seconds: float,
        id: str,  # noqa: A002 -- its own name
        next_run_time: datetime,
    ) -> object: ...
    def start(self) -> None: ...
    def shutdown(self, wait: bool = True) -> None: ...
