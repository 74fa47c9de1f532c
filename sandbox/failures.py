"""Errors inside the sandbox itself. They are never swallowed: logged, counted, and tests assert that there are none."""

import logging

logger = logging.getLogger(__name__)


class Failures:
    """What went wrong in the sandbox, in order, as `where: what`."""

    def __init__(self) -> None:
        self._noted: list[str] = []

    def __len__(self) -> int:
        return len(self._noted)

    def note(self, where: str, error: BaseException) -> None:
        """Record an unexpected exception."""
        self._noted.append(f"{where}: {type(error).__name__}: {error}")
        logger.error("the sandbox failed in %s", where, exc_info=error)

    def all(self) -> tuple[str, ...]:
        """Everything noted so far."""
        return tuple(self._noted)
